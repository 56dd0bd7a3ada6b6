/**
 * What is checked before a start that has time:
 *
 *   someone else runs it (lock, command, service) ────────────► shown as external
 *   processes of earlier starts are alive ────────────────────► ended, checked again
 *   its port is held by this watcher, or can be opened ───────► started
 *   nothing listens on its port ──────────────────────────────► started
 *   a socket of this user without a process: it may be ending ► checked again, a few times
 *   the listener answers the gateway's health check ──────────► shown as external
 *   any other listener ───────────────────────────────────────► its port is held
 */
import { type Clock, hasFamily } from '../process/index.ts';
import { findByPort, portAnswersHealthCheck } from './external/external.ts';
import type { ExternalTracker } from './external/tracker.ts';
import type { HeldPort } from './held-port.ts';
import type { Launcher } from './launcher.ts';
import type { MachineRunner } from './machine/runner.ts';
import { ownerBeforeStart, type PortOwner, portProblem } from './probes/port-owner.ts';
import type { Leftovers } from './stop/leftovers.ts';

/** A process takes milliseconds to give up its sockets; on a busy machine a good part of a second. */
const unseenRetryMs = [20, 100, 300, 600];

export interface StartCheckDeps {
  readonly clock: Clock;
  readonly machine: MachineRunner;
  readonly heldPort: HeldPort;
  readonly launcher: Launcher;
  readonly leftovers: Leftovers;
  readonly external: ExternalTracker;
  /** Nothing stands in the way. */
  start(): void;
}

export class StartCheck {
  readonly #deps: StartCheckDeps;
  /** Grows with every check; an answer to an earlier one comes too late. */
  #round = 0;
  #unseenRetries = 0;
  #cancelRetry = (): void => {};
  readonly #again = (): void => this.#deps.machine.dispatch({ type: 'due' });

  constructor(deps: StartCheckDeps) {
    this.#deps = deps;
  }

  run(): void {
    const { launcher, external, leftovers, heldPort, clock, start } = this.#deps;
    this.cancel();
    if (external.find()) return;
    const left = leftovers.former().filter(hasFamily);
    if (left.length > 0) {
      void Promise.all(left.map((one) => leftovers.end(one))).then(this.#again);
      return;
    }
    if (heldPort.tryHold(launcher.profile)) {
      this.#unseenRetries = 0;
      start();
      return;
    }
    const { stateRoot } = launcher.locations;
    const owner = ownerBeforeStart(launcher.profile, leftovers.former(), stateRoot);
    if (owner.type === 'leftover') {
      void leftovers.end(owner.identity).then(this.#again);
      return;
    }
    if (owner.type === 'unseen' && owner.isOwnUser) {
      const wait = unseenRetryMs[this.#unseenRetries];
      if (wait !== undefined) {
        this.#unseenRetries += 1;
        this.#cancelRetry = clock.after(wait, this.#again);
        return;
      }
    }
    this.#unseenRetries = 0;
    if (owner.type === 'foreign' || owner.type === 'unseen') void this.#recognise(owner);
    else start();
  }

  cancel(): void {
    this.#round += 1;
    this.#cancelRetry();
  }

  /** Is the listener the gateway itself, run by someone else? */
  async #recognise(owner: Extract<PortOwner, { type: 'foreign' | 'unseen' }>): Promise<void> {
    const { launcher, clock, external, machine } = this.#deps;
    const { profile } = launcher;
    const round = this.#round;
    const answers = await portAnswersHealthCheck(profile, clock);
    const isAwaited = machine.active && machine.model.state.status === 'waiting';
    if (round !== this.#round || !isAwaited) return;
    const found = answers ? findByPort(profile, launcher.locations) : null;
    if (found) {
      external.take(found);
      return;
    }
    const problem = portProblem(profile, owner);
    const hint = `It answers as ${profile.name} does, so it may already run there. Stop it there, or choose another port in the profile.`;
    machine.dispatch({ type: 'port-held', problem: answers ? { ...problem, hint } : problem });
  }
}

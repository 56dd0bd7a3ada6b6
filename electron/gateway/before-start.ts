/**
 * What is looked at before a start that has time:
 *
 *   somebody else runs it (lock, command, service) ──────────► shown as run by them
 *   processes of earlier starts live ────────────────────────► ended, looked at again
 *   nobody listens on its port ──────────────────────────────► started
 *   a socket of this user without a process: it may just end ► looked at again, a few times
 *   who listens answers its health check ────────────────────► shown as run by them
 *   anybody else listens ────────────────────────────────────► its port is held
 */
import type { Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import { hasFamily } from '../process/census.ts';
import type { Clock } from '../process/index.ts';
import { answersInItsPlace, findByAnswer } from './elsewhere.ts';
import type { ElsewhereKeeper } from './elsewhere-keeper.ts';
import type { Leftovers } from './leftovers.ts';
import { ownerBeforeStart, type PortOwner, portProblem } from './port-owner.ts';
import type { ProgramPlaces } from './program.ts';

/** A process takes milliseconds to give up its sockets; on a busy machine a good part of a second. */
const lookAgainMs = [20, 100, 300, 600];

export interface BeforeStartDeps {
  readonly clock: Clock;
  readonly leftovers: Leftovers;
  readonly elsewhere: ElsewhereKeeper;
  profile(): Profile;
  places(): ProgramPlaces;
  /** The machine still waits for this start. */
  waits(): boolean;
  start(): void;
  again(): void;
  held(problem: Problem): void;
}

export class BeforeStart {
  readonly #deps: BeforeStartDeps;
  #round = 0;
  #looks = 0;
  #cancelLook = (): void => {};

  constructor(deps: BeforeStartDeps) {
    this.#deps = deps;
  }

  look(): void {
    const { profile, places, elsewhere, leftovers, clock, again, start } = this.#deps;
    this.cancel();
    if (elsewhere.look()) return;
    const left = leftovers.former().filter(hasFamily);
    if (left.length > 0) {
      void Promise.all(left.map((one) => leftovers.end(one))).then(again);
      return;
    }
    const owner = ownerBeforeStart(profile(), leftovers.former(), places().stateRoot);
    switch (owner.type) {
      case 'leftover':
        void leftovers.end(owner.identity).then(again);
        return;
      case 'unseen': {
        const wait = owner.isOwnUser ? lookAgainMs[this.#looks] : undefined;
        if (wait === undefined) break;
        this.#looks += 1;
        this.#cancelLook = clock.after(wait, again);
        return;
      }
      case 'foreign':
        break;
      default:
        this.#looks = 0;
        start();
        return;
    }
    this.#looks = 0;
    void this.#recognise(owner);
  }

  cancel(): void {
    this.#round += 1;
    this.#cancelLook();
  }

  async #recognise(owner: Extract<PortOwner, { type: 'foreign' | 'unseen' }>): Promise<void> {
    const { profile, places, clock, elsewhere, waits, held } = this.#deps;
    const round = this.#round;
    const answers = await answersInItsPlace(profile(), clock);
    if (round !== this.#round || !waits()) return;
    const found = answers ? findByAnswer(profile(), places()) : null;
    if (found) {
      elsewhere.take(found);
      return;
    }
    const problem = portProblem(profile().port ?? 0, owner);
    const hint = `It answers as ${profile().name} does, so it may already run there. Stop it there, or choose another port in the profile.`;
    held(answers ? { ...problem, hint } : problem);
  }
}

/**
 * The port of a gateway whose profile says `"listen": "passed"`. The watcher opens it and passes the
 * listening socket to each process of the gateway; while none takes connections, they wait.
 *
 *   first start ──► held ── crash, restart, swap, release, backoff, another watcher ──► held
 *                    └───── stopped by the user, given up, run by others ─────────────► closed
 *
 * A stopped gateway must refuse, not keep its clients waiting. Another address or port in the profile
 * counts from the next start on, as everything in it does.
 */
import { closeSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import {
  heldSockets,
  type ListeningSocket,
  type NamedSocket,
  SpawnError,
} from '../process/index.ts';
import { activeState, type Model } from './model.ts';
import { loopback } from './probes/http.ts';
import type { RunningProcess } from './running-process.ts';

/** Connections that may wait; Linux allows no more by default (net.core.somaxconn). */
const backlog = 4096;

export interface HeldPortDeps {
  /** The socket that an earlier watcher has passed on. */
  readonly passedOn: number | undefined;
  notice(problem: Problem | null): void;
}

interface Held {
  readonly fd: number;
  readonly at: ListeningSocket;
}

export class HeldPort {
  readonly #notice: HeldPortDeps['notice'];
  /** Not yet known to be the port of this gateway. */
  #passedOn: number | undefined;
  #held: Held | null = null;

  constructor({ passedOn, notice }: HeldPortDeps) {
    this.#passedOn = passedOn;
    this.#notice = notice;
  }

  /**
   * The socket for the next process of `profile`, opened when it is not held already; undefined when
   * the profile wants none. Throws a SpawnError when the port can't be had.
   */
  hold(profile: Profile): NamedSocket | undefined {
    const at = addressOf(profile);
    this.#notice(null);
    if (!at) {
      this.close();
      return undefined;
    }
    this.#take(at);
    this.#held ??= open(at, profile);
    return { name: profile.id, fd: this.#held.fd };
  }

  /** Whether the port of `profile` is held, after a try to open it. */
  tryHold(profile: Profile): boolean {
    try {
      return this.hold(profile) !== undefined;
    } catch {
      // The start itself tries again, and reports.
      return false;
    }
  }

  /** Of a process that was taken over: the socket that was passed on, or a copy of the one it has. */
  adopt({ profile, identity }: RunningProcess): void {
    const at = addressOf(profile);
    if (!at) return;
    this.#take(at);
    if (this.#held || !heldSockets) return;
    const copy = heldSockets.copyFrom(identity, at);
    if (typeof copy === 'number') {
      this.#held = { fd: copy, at };
      return;
    }
    const { name } = profile;
    const message = `The port of ${name} is held by its own process alone: its socket could not be taken over (${copy}).`;
    const hint = `${name} serves as before. When it ends, connections are refused until it runs again; from then on its port is held again.`;
    this.#notice({ message, hint });
  }

  /** Closes it when nothing of the gateway is to come. */
  follow(model: Model): void {
    if (!isExpected(model)) this.close();
    // The process that has ended may have set a shorter backlog.
    else if (this.#held && !activeState(model.state)) {
      heldSockets?.listenAgain(this.#held.fd, backlog);
    }
  }

  /** The held socket; null when there is none. */
  get socket(): number | null {
    return this.#held?.fd ?? null;
  }

  close(): void {
    if (this.#held) closeSync(this.#held.fd);
    if (this.#passedOn !== undefined) closeSync(this.#passedOn);
    this.#held = null;
    this.#passedOn = undefined;
  }

  /** Keeps what is held for `at`, which may have been passed on, and closes anything else. */
  #take(at: ListeningSocket): void {
    if (this.#held && isDeepStrictEqual(this.#held.at, at)) return;
    const fd = this.#passedOn;
    const fits = fd !== undefined && heldSockets?.isListeningAt(fd, at) === true;
    if (fits) this.#passedOn = undefined;
    this.close();
    if (fits) this.#held = { fd, at };
  }
}

/** A process of the gateway runs, or another one will without anyone asking for it. */
function isExpected({ state, desired }: Model): boolean {
  switch (state.status) {
    case 'stopped':
    case 'failed':
    case 'external':
      return false;
    case 'stopping':
      return state.next === 'restart' || (state.next === 'release' && desired === 'running');
    case 'released':
      return desired === 'running';
    default:
      return true;
  }
}

/** What may have ended a process by itself before it was ready; null without a passed socket. */
export function mayNotTakeSocket({ name, listen, port }: Profile): Problem | null {
  if (listen !== 'passed') return null;
  return {
    message: `${name} ended before it was ready. Holdfast holds its port ("listen": "passed"), so it has to take the socket at descriptor 3 and can’t open port ${port} itself.`,
    hint: 'When its program can’t take a socket, remove "listen" from the profile.',
  };
}

/** Null when the profile does not want its socket passed. */
function addressOf({ listen, port, host }: Profile): ListeningSocket | null {
  if (listen !== 'passed' || port === undefined) return null;
  return { address: host ?? loopback[0], port };
}

function open(at: ListeningSocket, { name }: Profile): Held {
  try {
    if (!heldSockets) throw new Error('this system can’t pass sockets');
    return { fd: heldSockets.open(at, backlog), at };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const message = `Port ${at.port} can’t be opened at ${at.address} for ${name}: ${why(code, errorText(error))}.`;
    throw new SpawnError(code === 'EADDRINUSE' ? 'busy' : 'failed', name, message, error);
  }
}

function why(code: string, otherwise: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program has it';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address; correct "host" in the profile';
    case 'EACCES':
      return 'ports below 1024 are not open to every user; choose another port in the profile';
    default:
      return otherwise;
  }
}

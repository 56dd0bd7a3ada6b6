/** What the watcher is told at its start, and why it may refuse to start at all. */
import { hasRaisedRights } from '../process/index.ts';

/** Exit codes after sysexits.h; link/ turns them into what the user reads. */
export const exitCodes = {
  usage: 64,
  /** The serving watcher does not make room now. */
  refused: 69,
  /** Something it can't do without failed; the sentence on stderr says what. */
  failed: 70,
  /** The disk takes nothing more: then the sentence may not have been written either. */
  disk: 74,
  /** Another watcher has this state folder. */
  taken: 75,
  /** Raised rights, or somebody else's state folder. */
  rights: 77,
} as const;

export interface Options {
  readonly state: string;
  /** Ask the serving watcher to make room. */
  readonly succeed: boolean;
  /** How long with nothing to do until it ends itself, ms. */
  readonly idleMs: number;
}

/** An app that restarts is back sooner; a forgotten watcher is gone while one still looks. */
const IDLE_MS = 10_000;

/** @returns the options, or a sentence saying what is wrong with `args` */
export function parseOptions(args: readonly string[]): Options | string {
  let state: string | undefined;
  let succeed = false;
  let idleMs = IDLE_MS;
  const words = args[Symbol.iterator]();
  for (const word of words) {
    if (word === '--succeed') {
      succeed = true;
    } else if (word === '--state') {
      state = words.next().value;
    } else if (word === '--idle-ms') {
      const value = words.next().value ?? '';
      if (!/^\d{1,7}$/.test(value)) return `--idle-ms must be a number of milliseconds.`;
      idleMs = Number(value);
    } else {
      return `${word} is not an option; known are --state, --succeed and --idle-ms.`;
    }
  }
  return state ? { state, succeed, idleMs } : '--state must name the state folder.';
}

/** A sentence when this process has other rights than the user who started it. */
export function raisedRights(raised: () => boolean = hasRaisedRights): string | undefined {
  return raised()
    ? 'The watcher runs with the rights of its own user only; start Holdfast without raised rights.'
    : undefined;
}

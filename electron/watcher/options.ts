/** The watcher's command line, and why it may refuse to start at all. */
import { hasRaisedRights } from '../process/index.ts';

export interface Options {
  readonly state: string;
  /** Ask the serving watcher to make room. */
  readonly succeed: boolean;
  /** A first start in this folder sets up the demo gateway. */
  readonly demo: boolean;
  /** It ends itself after this long with nothing to do, ms. */
  readonly idleMs: number;
}

/** An app that restarts is back sooner; a watcher without work ends soon. */
const defaultIdleMs = 10_000;

/** @returns the options, or a sentence saying what is wrong with `args` */
export function parseOptions(args: readonly string[]): Options | string {
  let state: string | undefined;
  let succeed = false;
  let demo = false;
  let idleMs = defaultIdleMs;
  const rest = args[Symbol.iterator]();
  for (const word of rest) {
    if (word === '--succeed') {
      succeed = true;
    } else if (word === '--demo') {
      demo = true;
    } else if (word === '--state') {
      state = rest.next().value;
    } else if (word === '--idle-ms') {
      const value = rest.next().value ?? '';
      if (!/^\d{1,7}$/.test(value)) return `--idle-ms must be a number of milliseconds.`;
      idleMs = Number(value);
    } else {
      return `${word} is not an option; known are --state, --succeed, --demo and --idle-ms.`;
    }
  }
  return state ? { state, succeed, demo, idleMs } : '--state must name the state folder.';
}

/** A sentence when this process has other rights than the user who started it. */
export function raisedRights(raised: () => boolean = hasRaisedRights): string | undefined {
  return raised()
    ? 'The background service runs only with the rights of its user; start Holdfast without raised rights.'
    : undefined;
}

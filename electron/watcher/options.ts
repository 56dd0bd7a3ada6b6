/** The watcher's command line, and why it may refuse to start at all. */
import { hasRaisedRights, type Identity } from '../process/index.ts';

export interface Options {
  readonly state: string;
  /** Ask the serving watcher to make room. */
  readonly succeed: boolean;
  /** A first start in this folder sets up the demo gateway. */
  readonly demo: boolean;
  /** Stand by for this watcher: serve when it has ended and left an update unfinished. */
  readonly after: Identity | null;
  /** For a service manager that would start it again after every code but 0, in vain (contract/exit-codes.ts). */
  readonly finalAsSuccess: boolean;
  /** It ends itself after this long with nothing to do, ms. */
  readonly idleMs: number;
}

/** An app that restarts is back sooner; a watcher without work ends soon. */
const defaultIdleMs = 10_000;

/** @returns the options, or a sentence saying what is wrong with `args` */
export function parseOptions(args: readonly string[]): Options | string {
  let options: Options = {
    state: '',
    succeed: false,
    demo: false,
    after: null,
    finalAsSuccess: false,
    idleMs: defaultIdleMs,
  };
  const rest = args[Symbol.iterator]();
  for (const word of rest) {
    const found = readOption(word, () => rest.next().value ?? '');
    if (typeof found === 'string') return found;
    options = { ...options, ...found };
  }
  return options.state === '' ? '--state must name the state folder.' : options;
}

/** What one word says, with the value that follows it; or what is wrong with it. */
function readOption(word: string, value: () => string): Partial<Options> | string {
  switch (word) {
    case '--succeed':
      return { succeed: true };
    case '--demo':
      return { demo: true };
    case '--final-as-success':
      return { finalAsSuccess: true };
    case '--state':
      return { state: value() };
    case '--after': {
      const [, pid, startedAt] = /^([1-9]\d{0,9}):(.{1,64})$/.exec(value()) ?? [];
      if (pid === undefined || startedAt === undefined) return '--after must name a process.';
      return { after: { pid: Number(pid), startedAt, nonce: '' } };
    }
    case '--idle-ms': {
      const ms = value();
      return /^\d{1,7}$/.test(ms)
        ? { idleMs: Number(ms) }
        : '--idle-ms must be a number of milliseconds.';
    }
    default:
      return `${word} is not an option; known are --state, --succeed, --demo, --after, --final-as-success and --idle-ms.`;
  }
}

/** A sentence when this process has other rights than the user who started it. */
export function raisedRights(raised: () => boolean = hasRaisedRights): string | undefined {
  return raised()
    ? 'The background service runs only with the rights of its user; start Holdfast without raised rights.'
    : undefined;
}

/** What the hook in a program and the run that reads its trace agree upon. */

/** Where in an effect a program is ended: in the middle of a write only half of its bytes are there. */
export type When = 'before' | 'after' | 'torn';

/** The programs that change something during an update. */
export type Role = 'app' | 'new app' | 'watcher' | 'next watcher' | 'unpacker';

/** One moment in the life of one program. */
export interface Point {
  readonly role: Role;
  /** As in a trace. */
  readonly effect: string;
  /** Which of the effects of that name in that program, from 1. */
  readonly nth: number;
  readonly when: When;
  /** Where the watcher that comes next is ended too: at the first thing it does. */
  readonly again?: 'before' | 'after';
}

/** What an effect does to the disk; paths are absolute. For replaying a power cut. */
export type DiskChange =
  | { readonly op: 'create' | 'remove' | 'make-folder' | 'remove-folder'; readonly path: string }
  | { readonly op: 'write'; readonly path: string; readonly at: number; readonly data: string }
  | { readonly op: 'cut'; readonly path: string; readonly length: number }
  | { readonly op: 'rename' | 'link'; readonly path: string; readonly to: string }
  | { readonly op: 'sync'; readonly path: string };

/** One line of a trace. */
export interface Traced {
  readonly pid: number;
  readonly role: Role;
  /** `rename state/updates/ATTEMPT/receipt.json`: the same in every run. */
  readonly effect: string;
  readonly nth: number;
  /** A write can be torn. */
  readonly tearable: boolean;
  /** Absent where the disk does not change: a start, a signal. */
  readonly change?: DiskChange;
  /**
   * In which stretches of the program it began and ended. Within one nothing leaves the program but its
   * effects: it does not wait, and sends nothing.
   */
  readonly began: number;
  readonly ended: number;
}

/** In the `control` folder of a world, which no program of the product knows. */
export const controlFiles = {
  /** The app is about to do as wished, and waits for the next. */
  ready: 'ready',
  /** While it is there, effects are counted. */
  begun: 'begun',
  /** What is said of a new version, in a world whose user is asked whether it stays. */
  asked: 'asked',
  /** The point at which a program ends itself; it removes the file first. */
  point: 'point.json',
  /** Since a program has ended itself, and until the next watcher has. */
  again: 'again',
  /** Names what was done in which order, while it is there. */
  trace: 'trace.jsonl',
} as const;

export const nameOf = ({ role, effect, nth, when, again }: Point): string =>
  `${role}: ${effect}${nth > 1 ? ` (${nth})` : ''}, ${when}${again ? `, and the next watcher ${again} its first step` : ''}`;

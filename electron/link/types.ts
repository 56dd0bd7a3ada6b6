/**
 * The app's line to its watcher, as the rest of the app sees it. Behind it the watcher may be
 * started, may die, or may be replaced by a newer one; whoever holds a `Link` sees a mirror of the
 * watcher's state and one word on how the line stands.
 */
import type { LinkState } from '../contract/app-contract.ts';
import type { Client } from '../contract/define.ts';
import type {
  ToldEnvironment,
  WatcherContract,
  WatcherState,
} from '../contract/watcher-contract.ts';
import type { Stage } from '../handoff/staged.ts';
import type { StageSource } from '../handoff/staging.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import type { Clock } from '../process/index.ts';

/** Where the link says what it does; each line is a sentence. */
export interface LinkLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export type { Stage, StageSource };

export interface LinkDeps {
  readonly state: StateFolder;
  readonly source: StageSource;
  readonly version: string;
  readonly buildId: string;
  readonly log: LinkLog;
  readonly clock: Clock;
  /** Who asks; the command line looks without holding a watcher up. Default `app`. */
  readonly role?: 'app' | 'cli';
  /** What gateways are to get of the user's environment; told at every connection, null: not known. */
  readonly environment?: () => ToldEnvironment | Promise<ToldEnvironment | null>;
  /** How long a watcher may take to say anything, ms. Default 5,000. */
  readonly answerMs?: number;
}

export interface Link {
  state(): LinkState;
  /** The mirror; null until the first snapshot. It stays readable, and old, while the line is down. */
  watcher(): WatcherState | null;
  /** Called after `state()` or `watcher()` changed. Returns the function that stops it. */
  subscribe(listener: () => void): () => void;
  /**
   * Asks the watcher that is connected now; rejects with a sentence when none is. Event listeners
   * survive reconnects; what was followed on the old connection (logs) must be followed anew.
   */
  readonly client: Client<WatcherContract>;
  /**
   * Finds the watcher, or stages and launches one; resolves with the first snapshot, rejects with a
   * sentence. Either way it goes on trying from here on: it reconnects, and relaunches a dead one.
   */
  connect(): Promise<void>;
  /**
   * Puts our build in the place of the connected watcher; its gateways run on. Does nothing when it
   * is our build already. Rejects with a sentence, and then the old one still serves.
   */
  succeed(): Promise<void>;
  /** Stages another build (what an update brings) without starting anything. */
  stageFrom(bundleFolder: string, runtimeFile: string): Promise<Stage>;
  /** Hangs up for good. The watcher and its gateways run on. */
  close(): void;
}

/**
 * The app's line to its watcher, as the rest of the app sees it. Behind it the watcher may be
 * started, may die, or may be replaced by a newer one; a `Link` offers a mirror of the watcher's
 * state, and the state of the line itself.
 */
import type { LinkState } from '../contract/app-contract.ts';
import type { Client } from '../contract/define.ts';
import type {
  ReportedEnvironment,
  WatcherContract,
  WatcherState,
} from '../contract/watcher-contract.ts';
import type { StateFolder } from '../files/state-folder.ts';
import type { Clock } from '../process/index.ts';
import type { Stage } from '../staging/staged.ts';
import type { StageSource } from '../staging/staging.ts';

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
  /** Who asks; a watcher does not stay for the command line. Default `app`. */
  readonly role?: 'app' | 'cli';
  /** A watcher that starts in this folder for the first time sets up the demo gateway. Default no. */
  readonly demo?: boolean;
  /** What gateways are to get of the user's environment; reported at every connection. Null: not known. */
  readonly environment?: () => ReportedEnvironment | Promise<ReportedEnvironment | null>;
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
   * Asks the connected watcher; rejects with a sentence when none is. Event listeners survive
   * reconnects; logs that were followed on the old connection must be followed again.
   */
  readonly client: Client<WatcherContract>;
  /**
   * Finds the watcher, or stages and launches one; resolves with the first snapshot, rejects with a
   * sentence. In both cases the link keeps itself up afterwards: it reconnects, and relaunches a dead
   * watcher.
   */
  connect(): Promise<void>;
  /**
   * Replaces the connected watcher by one of our build; its gateways run on. Does nothing when it is
   * our build already. Rejects with a sentence, and then the old one still serves.
   */
  succeed(): Promise<void>;
  /** Stages another build (what an update brings) without starting anything. */
  stageFrom(bundleFolder: string, runtimeFile: string): Promise<Stage>;
  /** Closes the connection and makes no other. The watcher and its gateways run on. */
  close(): void;
}

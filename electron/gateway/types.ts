/**
 * What the rest of the watcher sees of one gateway's supervisor. Intents go in, a view comes out;
 * how a gateway is kept alive stays inside this room.
 */
import type { GatewayView, Problem, Proof } from '../contract/gateway.ts';
import type { Escape, Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import type { Clock, ExitWaiter, LogSource } from '../process/index.ts';
import type { Pin } from './ledger.ts';

/** Where the shipped gateway lies: paths of one staged build. */
export interface ShippedProgram {
  /** The runtime that executes it. */
  readonly node: string;
  readonly script: string;
  readonly buildId: string;
  /** Working folder; without it the gateway's own data folder. */
  readonly cwd?: string;
}

/** What a gateway gets beside the watcher's own environment. */
export interface UserEnvironment {
  /** The user's search path; absent: the watcher's. */
  readonly path?: string;
  /** The soft limit of open files; absent: the watcher's. */
  readonly openFiles?: number;
}

export interface StopReport {
  /** Who was stopped; null when nothing ran. */
  readonly before: { readonly identity: Identity; readonly build: string | null } | null;
  /** Epoch milliseconds. */
  readonly stopRequestedAt: number;
  /** The old process's end, not the end of its clean-up. */
  readonly stoppedAt: number;
  /** True when asking was not enough. */
  readonly killed: boolean;
}

export interface ResumeOptions {
  /** Another staged build than the watcher's own; kept for later restarts too. */
  readonly shipped?: ShippedProgram;
  /** It keeps to this build from now on, also with later watchers, until `unpin()`. */
  readonly pin?: Pin;
  /** With a status address in the profile: the answer must name this very build. */
  readonly expectBuild?: string;
  /** For all tries together, milliseconds. */
  readonly timeoutMs: number;
}

export interface StartReport {
  readonly identity: Identity;
  readonly build: string | null;
  /** Epoch milliseconds of the start that was proved. */
  readonly startedAt: number;
  /** Epoch milliseconds of the first good answer. */
  readonly provedAt: number;
  readonly proof: Proof;
  readonly escape: Escape | null;
}

export interface Supervisor {
  readonly id: string;
  profile(): Profile;
  /** Name and policy change at once, everything else with the next start. The id must be the same. */
  setProfile(profile: Profile): void;
  view(): GatewayView;
  /** Where its log can be read now: others may have taken it away while it is written. */
  logSource(): LogSource;
  /** Trouble beside the state: a damaged ledger that was rebuilt, a log that can't be written. */
  notices(): readonly Problem[];
  /** Called after every change of the view. Returns the function that stops it. */
  subscribe(listener: () => void): () => void;

  /** Intents of the user; each is written durably before it is acted on. */
  start(): void;
  /** Resolves when nothing of the gateway lives. */
  stop(): Promise<void>;
  /** Resolves when the new process was started (or could not be: see the view). */
  restart(): Promise<void>;
  /**
   * Restarts it once it says that it is at nothing; any other intent, and its end, take that back.
   * Throws a sentence when it does not say whether it is busy.
   */
  restartWhenIdle(): void;

  /**
   * At the watcher's start: takes over what still runs. True when a live process was verified and
   * taken over. False: nothing runs; the state is `released` when an update had it released,
   * else `stopped`, and `view().desired` says whether it should be started.
   */
  adopt(): boolean;

  /**
   * Stops it for an update. Ends in `released`: nothing but `resume()` starts it again; a user's
   * start or stop in the meantime changes `desired` alone.
   */
  release(): Promise<StopReport>;
  /**
   * Starts a released gateway and proves it, trying up to three times. Rejects with a sentence;
   * then nothing of it lives and it is `released` again, so that an older build can be resumed.
   * When the user has stopped it meanwhile it becomes `stopped` and this rejects.
   * On a live gateway: proves what runs and leaves it alone.
   */
  resume(options: ResumeOptions): Promise<StartReport>;

  /** Ends now what ended processes left behind; resolves when nothing of that lives. */
  endLeftovers(): Promise<void>;

  /**
   * Ends a release without a proof: it is started, and looked after as ever. What is not released
   * stays as it is; `shipped` is taken for the next start all the same.
   */
  endRelease(options?: Pick<ResumeOptions, 'shipped' | 'pin'>): void;
  /** From its next start on it may run the build that Holdfast brings again. */
  unpin(): void;

  /** Stops acting and writes the ledger; the gateway runs on, for a successor to adopt. */
  freeze(): void;
  /** Takes back what `freeze` gave up: adopts what runs, or starts it when it should run. */
  thaw(): void;
  /** Forgets everything without touching the gateway. */
  close(): void;
}

export interface SupervisorDeps {
  readonly profile: Profile;
  /** The staged gateway that a shipped profile runs, asked at every preparation of a start. */
  shipped(): ShippedProgram;
  /** The program that a pin names; null when it is not there any more. */
  pinned(pin: Pin): ShippedProgram | null;
  readonly ledgerDir: string;
  readonly logFile: string;
  /** The gateway's own data folder; made when a start needs it. */
  readonly dataDir: string;
  /** The state folder: every process started carries it as HOLDFAST_STATE. */
  readonly stateRoot: string;
  /** Another object once it has changed: a start that was prepared is then prepared again. */
  readonly userEnvironment?: () => UserEnvironment;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  random(): number;
  log(message: string): void;
  /** Shorter times for tests. */
  readonly tuning?: Partial<Tuning>;
}

/** Times of the driver, milliseconds; the reasons for the values are beside `defaultTuning`. */
export interface Tuning {
  readonly probeTimeoutMs: number;
  readonly retryAfterMissMs: number;
  readonly missesUntilHung: number;
  readonly recheckMs: number;
  readonly logMaxBytes: number;
}

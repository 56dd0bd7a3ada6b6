/**
 * The interface of one gateway's supervisor to the rest of the watcher. Intents go in, a view comes out;
 * how a gateway is kept alive stays inside this room.
 */
import type { EventFacts, WatchReason } from '../contract/events.ts';
import type { EndedBy, GatewayView, Problem, Proof } from '../contract/gateway.ts';
import type { Escape, Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import type { ClientView } from '../contract/receipt.ts';
import type { LogSource } from '../files/log-file.ts';
import type { Clock, ExitWaiter, MemoryKills } from '../process/index.ts';
import type { EventLog } from './events/event-log.ts';
import type { Pin } from './ledger/ledger.ts';
import type { Tuning } from './tuning.ts';

/** The shipped gateway: paths of one staged build. */
export interface ShippedProgram {
  /** The runtime that executes it. */
  readonly node: string;
  readonly script: string;
  readonly buildId: string;
  /** Working folder; without it the gateway's own data folder. */
  readonly cwd?: string;
}

/** What a gateway gets besides the watcher's own environment. */
export interface UserEnvironment {
  /** The user's search path; absent: the watcher's. */
  readonly path?: string;
  /** The soft limit of open files; absent: the watcher's. */
  readonly openFiles?: number;
}

export interface StopReport {
  /** The process that was stopped; null when none ran. */
  readonly before: { readonly identity: Identity; readonly build: string | null } | null;
  /** Epoch milliseconds. */
  readonly stopRequestedAt: number;
  /** The old process's end, not the end of its clean-up. */
  readonly stoppedAt: number;
  /** The grace was not enough. */
  readonly killed: boolean;
}

export interface ResumeOptions {
  /** Another staged build than the watcher's own; later restarts run it too. */
  readonly shipped?: ShippedProgram;
  /** It keeps this build from now on, also under later watchers, until `unpin()`. */
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
  /** What a client of its port has met since the release; absent when that is not known. */
  readonly client?: ClientView;
}

export interface RehearsalOptions {
  /** The next build of a gateway that ships; without it, the build that its next start would run. */
  readonly shipped?: ShippedProgram;
  /** With a status address in the profile: the answer must name this very build. */
  readonly expectBuild?: string;
  /** Called right before the start; throws what keeps it from being made. */
  readonly beforeStart?: () => void;
  /** Ends the rehearsal, which then counts as failed. */
  readonly signal?: AbortSignal;
}

export interface RehearsalReport {
  readonly ok: boolean;
  /** Why the new version can't take over; null when it can. */
  readonly problem: Problem | null;
  /** From its start until ready, milliseconds; 0 when it was not started. */
  readonly tookMs: number;
  /** As its status address says; null when that is not known. */
  readonly build: string | null;
  readonly proof: Proof | null;
  /** What it printed last, when it failed. */
  readonly lastLines: readonly string[];
}

export interface Supervisor {
  readonly id: string;
  profile(): Profile;
  /** Name and policy change at once, everything else with the next start. The id must be the same. */
  setProfile(profile: Profile): void;
  view(): GatewayView;
  /**
   * How long its next start, or a rehearsal of it, may take until ready, milliseconds: it follows from
   * its own past starts, and is never less than its profile's `startTimeoutMs`.
   */
  startLimitMs(): number;
  /**
   * Tries its next version beside the running process, on a free port and a copy of its data, and
   * leaves nothing of that. Never rejects, and changes nothing else. One at a time.
   */
  rehearse(options: RehearsalOptions): Promise<RehearsalReport>;
  /** Where its log can be read now: others may have moved it while it is written. */
  logSource(): LogSource;
  /** Problems beside the state: a damaged ledger that was rebuilt, a log that can't be written. */
  notices(): readonly Problem[];
  /** Called after every change of the view. Returns the function that stops it. */
  subscribe(listener: () => void): () => void;

  /** The socket of its port, which this watcher holds; null when it holds none. */
  heldSocket(): number | null;

  /**
   * Intents of the user; each is written durably before it is acted on. `by`: who asked, for the record
   * of the exit that follows.
   */
  start(by?: EndedBy): void;
  /** Resolves when nothing of the gateway is alive. */
  stop(by?: EndedBy): Promise<void>;
  /** Cuts the grace of the stop under way short. Throws a sentence when it is not being stopped. */
  endNow(): void;
  /** Resolves when the new process was started (or could not be: see the view). */
  restart(by?: EndedBy): Promise<void>;
  /**
   * Restarts it once it reports that it is idle; any other intent, and its exit, take that back. Throws
   * a sentence when it does not report whether it is busy.
   */
  restartWhenIdle(by?: EndedBy): void;
  /** Takes that back. */
  notWhenIdle(): void;

  /**
   * At the watcher's start: takes over what still runs. True when a running process was verified and
   * taken over. False: nothing runs; the state is `released` when an update released it, else
   * `stopped`, and `view().desired` says whether it should be started.
   */
  adopt(): boolean;

  /**
   * Before `release`: from now on until the next `resume` succeeds, a client asks it all the time, for the
   * report of that. Resolves within 5 s, also when nothing answers; at once when nothing can be asked.
   */
  watchFromOutside(): Promise<void>;
  /**
   * Stops it for an update. Ends in `released`: nothing but `resume()` starts it again; a user's
   * start or stop in the meantime changes `desired` alone. `by` is an update unless said otherwise.
   */
  release(by?: EndedBy): Promise<StopReport>;
  /**
   * Starts a released gateway and proves it, with up to three tries. Rejects with a sentence; then
   * nothing of it is alive and it is `released` again, so that an older build can be resumed.
   * When the user has stopped it meanwhile it becomes `stopped` and this rejects.
   * On a running gateway: proves what runs and leaves it alone.
   */
  resume(options: ResumeOptions): Promise<StartReport>;

  /** Ends now what ended processes left behind; resolves when nothing of that is alive. */
  endLeftovers(): Promise<void>;

  /**
   * Ends a release without a proof: the gateway is started and supervised as before. One that is not
   * released stays as it is; `shipped` is used for the next start all the same.
   */
  endRelease(options?: Pick<ResumeOptions, 'shipped' | 'pin'>): void;
  /** From its next start on it runs the build that Holdfast brings again. */
  unpin(): void;

  /** Writes into its history what happened to it elsewhere. */
  note(facts: EventFacts): void;

  /** Stops acting and writes the ledger; the gateway runs on, for a successor to adopt. `why`: for its history. */
  freeze(why?: WatchReason): void;
  /** After `freeze`, acts again: adopts what runs, or starts it when it should run. */
  thaw(): void;
  /** Forgets everything without touching the gateway. */
  close(): void;
}

export interface SupervisorDeps {
  readonly profile: Profile;
  /** The staged gateway that a shipped profile runs, asked at every preparation of a start. */
  shipped(): ShippedProgram;
  /** The program that a pin names; null when it no longer exists. */
  pinned(pin: Pin): ShippedProgram | null;
  readonly ledgerDir: string;
  readonly logFile: string;
  /** The gateway's own data folder; made when a start needs it. */
  readonly dataDir: string;
  /** Where its history is kept, and what it begins with; absent: nowhere. */
  readonly history?: { readonly log: EventLog; readonly begin: EventFacts };
  /** The state folder: every process started carries it as HOLDFAST_STATE. */
  readonly stateRoot: string;
  /** Answers another object once it has changed: a prepared start is then prepared again. */
  readonly userEnvironment?: () => UserEnvironment;
  /** The port of a gateway that has a front; absent: such a profile is run without one. */
  readonly privatePort?: (profile: Profile) => number;
  /** Resolves when its front, if it has one, takes connections; in any case soon, and when the signal aborts. */
  readonly frontOpen?: (signal: AbortSignal) => Promise<void>;
  /** The listening socket that an earlier watcher held for it, and has passed on. */
  readonly passedOn?: number;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  random(): number;
  log(message: string): void;
  /** For tests: whether memory ran out can be played. */
  readonly watchMemory?: (pid: number) => MemoryKills;
  /** Shorter times for tests. */
  readonly tuning?: Partial<Tuning>;
  /** How large its log may get, as it is now; absent: as tuned. */
  readonly logMaxBytes?: () => number;
}

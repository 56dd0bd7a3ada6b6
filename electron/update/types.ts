/**
 * What the update room offers to the app, and what it needs from other rooms. Everything that touches
 * the network, the disk or another process comes in through these interfaces.
 */
import type { LinkState } from '../contract/app-contract.ts';
import type { Client } from '../contract/define.ts';
import type { Problem } from '../contract/gateway.ts';
import type { Offer, UpdateState } from '../contract/update.ts';
import type { WatcherContract, WatcherState } from '../contract/watcher-contract.ts';
import type { StateFolder } from '../files/state-folder.ts';
import type { Clock, Holder } from '../process/index.ts';
import type { Stage } from '../staging/staged.ts';
import type { Plan } from '../transaction/plan.ts';

/** The part of the link that an update needs. */
export interface UpdateLink {
  state(): LinkState;
  watcher(): WatcherState | null;
  /** Called after `state()` or `watcher()` changed. */
  subscribe(listener: () => void): () => void;
  readonly client: Client<WatcherContract>;
  /** Stages a bundle and a runtime by their content; those that are staged already are only verified. */
  stageFrom(bundleFolder: string, runtimeFile: string): Promise<Stage>;
}

/** What the feed offers, with what is needed to check the bytes. */
export interface FeedOffer extends Offer {
  /** base64 of the file's sha512, as the feed says. */
  readonly sha512: string;
  /** The name under which the file is signed. */
  readonly signedAs: string;
}

/** A file that can be installed: what the feed offers, or the version that was kept. */
export interface Installable extends Offer {
  readonly sha512: string;
  /** Null: it was installed here before, and its record says what it was. */
  readonly signedAs: string | null;
}

export interface Progress {
  readonly transferred: number;
  readonly total: number;
  /** Bytes per second. */
  readonly rate: number;
}

/** The source of new versions. Rejects with UpdateProblems, for the user. */
export interface Feed {
  /** Null when nothing newer is offered. */
  check(): Promise<FeedOffer | null>;
  /** The verified file's path. Rejects with an UpdateProblem; `cancelled` after `signal`. */
  download(onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<string>;
}

/** A failure with the sentence that is shown. */
export class UpdateProblem extends Error {
  override readonly name = 'UpdateProblem';
  readonly problem: Problem;
  readonly cancelled: boolean;
  /** The downloaded file is damaged or gone: only another download helps. */
  readonly redownload: boolean;
  constructor(
    message: string,
    hint?: string,
    options?: { cause?: unknown; cancelled?: boolean; redownload?: boolean },
  ) {
    super(message, { cause: options?.cause });
    this.problem = hint === undefined ? { message } : { message, hint };
    this.cancelled = options?.cancelled ?? false;
    this.redownload = options?.redownload ?? false;
  }
}

/** New files that are ready: nothing has been replaced. The plan holds them as they are. */
export type PreparedInstall = Plan['expected'];

/** One way of installing: one file per platform and package kind. */
export interface Installer {
  /** The file that is replaced and started again. */
  readonly appFile: string;
  /** Where the version before lies, once an update has replaced it. */
  readonly keptFile: string;
  /** How that version is installed again. */
  goingBack(): Installer;
  /** Is `file`, which `prepare` is to be given, still what it was? False also when it can't be read. */
  isIntact(file: string, sha512: string): Promise<boolean>;
  /** Bytes that the folder of `appFile` must have room for, given the new file's size. */
  roomNeeded(size: number): number;
  /** The files can be replaced only once this app has ended. */
  readonly needsAppClosed: boolean;
  /** Folders whose files only this app may have open when the installation begins. */
  readonly mustBeFree: readonly string[];
  /** Why this copy can't be updated, before anything is touched. */
  objection(): UpdateProblem | undefined;
  /** Copies `file` to where it is installed from, while hashing it again. */
  prepare(file: string, sha512: string, attempt: string): Promise<PreparedInstall>;
  /**
   * Takes the watcher bundle and the runtime out of the prepared file, into `folder`. Null when they
   * can be had only from the installed folder: then the watcher does it.
   */
  unpackStage(
    prepared: PreparedInstall,
    folder: string,
  ): Promise<{ bundle: string; runtime: string } | null>;
  /** The one step in this app that changes what is installed. Atomic. */
  replace(prepared: PreparedInstall): void;
  /** Removes what a crash left beside the app, except what belongs to the attempt `live`. */
  sweep(live: string | null): void;
  /** Back to before `prepare`, however far it got. Calling it again does nothing. */
  undo(prepared: PreparedInstall): void;
}

export interface UpdateDeps {
  readonly state: StateFolder;
  readonly link: UpdateLink;
  /** What this app stages: what a roll back returns to. */
  readonly source: { readonly bundle: string; readonly runtime: string };
  readonly version: string;
  readonly buildId: string;
  /** Null with the reason, when this build cannot update itself. */
  readonly feed: Feed | { readonly unavailable: Problem };
  readonly installer: Installer | { readonly unavailable: Problem };
  /** This process's own arguments (without the executable) and environment, filtered by the plan. */
  args(): readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long the new version is watched before the update counts as done, milliseconds. */
  readonly soakMs: number;
  /** How long the user has from then on to keep the new version, milliseconds; null: it stays unasked. */
  confirmMs(): number | null;
  /** True when the user's session is ending (log-off, shutdown): nothing is started then. */
  sessionEnding(): boolean;
  /** Who holds files below `folder`; from the process room. */
  whoHolds(folder: string): Promise<readonly Holder[]>;
  /** True for this app's own processes. */
  isOwn(pid: number): boolean;
  /**
   * Gives up the single-instance lock and ends this app, without a question.
   * Called once, after the watcher has taken over and the window has nothing more to show.
   */
  quitNow(): void;
  readonly clock: Clock;
  log(message: string): void;
}

export interface UpdateService {
  state(): UpdateState;
  subscribe(listener: () => void): () => void;
  /** Intents. Each resolves when its work is over, never rejects: `state()` tells what came of it. */
  check(): Promise<void>;
  download(): Promise<void>;
  /** Breaks a download off, to go on later where it stopped. */
  pause(): Promise<void>;
  cancel(): Promise<void>;
  install(): Promise<void>;
  retry(): Promise<void>;
  /**
   * Installs the version that was kept when it was replaced. Resolves with null once the watcher has that, and with
   * why it has not come to it.
   */
  goBack(): Promise<Problem | null>;
  /** That version; null: none is kept. */
  keptVersion(): string | null;
  close(): void;
}

/** The calls of the stage in the Windows world (stage.ts); one type for both ends. */
import type { Identity } from '../../electron/contract/identity.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import type { ListedProgram } from '../../electron/process/index.ts';

/** A process that belongs to Holdfast or to a test: its program is no part of Windows. */
export interface Found {
  readonly identity: Identity;
  readonly parent: number;
  /** Its program's path. */
  readonly exe: string;
  /** Null when Windows does not tell. */
  readonly inJob: boolean | null;
}

/** A job around the app, by whether it lets processes break away. All end what is in them when closed. */
export type JobKind = 'allows' | 'denies';

/** Paths are Windows's. */
export interface StageCalls {
  /** Answers as soon as the stage runs. */
  ready(input: null): Promise<null>;
  /** Runs a Setup program silently; its exit code. */
  setup(input: { readonly file: string; readonly folder: string }): Promise<number | null>;
  /** Starts a program inside new jobs, outermost first. */
  start(input: {
    readonly file: string;
    readonly args: readonly string[];
    readonly log: string;
    readonly jobs: readonly JobKind[];
    /** Variables besides those of the stage. */
    readonly env?: Readonly<Record<string, string>>;
  }): Promise<Identity>;
  /** Closes every job: the processes that are still in them end. */
  closeJobs(input: null): Promise<null>;
  /** The stage and the shell enter a job that denies breaking away, and with them all they start later. */
  enterJob(input: null): Promise<null>;
  isAlive(input: Identity): Promise<boolean>;
  /** Ends one process by its handle; false when it had ended. */
  kill(input: Identity): Promise<boolean>;
  /** The running processes, without the stage. */
  processes(input: null): Promise<readonly Found[]>;
  /** What Windows' list of installed programs says of the one in `folder`. */
  listed(input: { readonly folder: string }): Promise<ListedProgram | null>;
  /** What the watcher of a state folder says. */
  watcher(input: { readonly state: string }): Promise<WatcherState>;
  /** Stops every gateway, ends the watcher and waits for its end; fine when there is none. */
  retire(input: { readonly state: string }): Promise<null>;
}

export type StageAnswer = { readonly result: unknown } | { readonly error: string };

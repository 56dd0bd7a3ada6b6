/**
 * What each operating system must be able to do: the only door between the plain files of this room
 * and its folders linux/, darwin/ and windows/.
 */
import type { Identity } from '../contract/identity.ts';
import type { InstalledPrograms } from './installed-programs.ts';
import type { LoginEntries } from './login-entry.ts';
import type { ExitInfo, NamedSocket, SpawnResult, SpawnSpec } from './spawn-spec.ts';
import type { UserPath } from './user-path.ts';

export type Signal = 'SIGTERM' | 'SIGINT' | 'SIGKILL';

export interface ProcessDescription {
  readonly pid: number;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly name: string;
}

export interface Holder {
  /** 0 when the socket exists and the system names no process for it. */
  readonly pid: number;
  /** With pid 0, where the system says so: the socket belongs to this user. */
  readonly isOwnUser?: boolean;
  /** The name a user would recognise. */
  readonly program: string;
  readonly argv0: string;
}

/** A TCP socket that accepts connections. */
export interface ListeningSocket {
  /** IPv4 or IPv6, without brackets; `0.0.0.0` and `::` for every address. */
  readonly address: string;
  readonly port: number;
}

/** Where another process can send listening sockets to. */
export interface SocketInbox {
  readonly path: string;
  /** What has come so far; without waiting. */
  take(): NamedSocket[];
  close(): void;
}

/** Listening sockets that this program holds for others: it accepts nothing on them. */
export interface HeldSockets {
  /** Closed on exec. `backlog`: connections that may wait. Throws the system's error, with its `code`. */
  open(at: ListeningSocket, backlog: number): number;
  /** Sets the backlog again: a program that took the socket may have set another. */
  listenAgain(fd: number, backlog: number): void;
  isListeningAt(fd: number, at: ListeningSocket): boolean;
  /** Sends copies to the inbox at `path`, without waiting. Answers how many it took. */
  send(path: string, sockets: readonly NamedSocket[]): number;
  /** Throws the system's error. */
  openInbox(path: string): SocketInbox;
  /** A copy of the socket at which a running process listens; a clause that says why there is none. */
  copyFrom(identity: Identity, at: ListeningSocket): number | string;
}

export interface PathHolder extends Holder {
  /** Its executable, its working folder, a file it has mapped or a file it has open. */
  readonly how: 'executable' | 'folder' | 'mapped' | 'open';
  readonly path: string;
}

export interface ExitWaiter {
  /**
   * Calls `onExit` once when the process of `identity` has ended (on the next tick when it already
   * has). Returns a function that drops the watch.
   */
  watch(identity: Identity, onExit: (exit: ExitInfo) => void): () => void;
  /** Drops every watch and wakes the wait, so that it no longer keeps the program alive. */
  close(): void;
}

/** What a process can report about its surroundings; judge-escape.ts decides by it. */
export interface ProcessFacts {
  readonly pid: number;
  /** POSIX session id, Windows session number; 0 unknown. */
  readonly session: number;
  /** Linux control group; '' when unknown or when the system has none. */
  readonly cgroup: string;
  /** Windows: in a job? 'harmless' when the limits of the innermost can be read and do not kill on close. */
  readonly job: 'none' | 'harmless' | 'unknown' | 'kills';
  /** Windows: the processes of its innermost job, itself among them, where that can be read. */
  readonly jobMates?: readonly number[] | undefined;
  /** Executable, working folder, mapped and open files. */
  readonly paths: readonly string[];
  /** The folder that vanishes with the app: an AppImage mount, or ''. */
  readonly mount: string;
}

/** How much a process has worked so far, and whether it can run. */
export interface ProcessWork {
  /** Processor time so far, including its ended children where the system counts them. */
  readonly usedMs: number;
  /** `runs`: it has a processor, or waits for one; not every system tells. */
  readonly state: 'stopped' | 'waits-for-disk' | 'runs' | 'other';
}

/** What a process and all that belongs to it use. */
export interface TreeUsage {
  /** Bytes in memory (the resident set; the working set on Windows); what processes share counts for each. */
  readonly memory: number;
  /** Processor time so far; on Linux also that of children that have ended. */
  readonly usedMs: number;
  readonly processes: number;
}

/** What the system's counters say about processes that it ended because memory ran out. */
export interface MemoryKills {
  /**
   * To be asked when the process has just been killed. 'known': the system ended a process of its own
   * control group at this moment. 'likely': one of a group that other programs share. 'possible': one
   * somewhere, since the watch began. Null: none.
   */
  verdict(): 'known' | 'likely' | 'possible' | null;
  close(): void;
}

export interface HeldLock {
  readonly release: () => void;
  /** False when its file was removed or replaced: another program may have locked a new one. */
  readonly isIntact: () => boolean;
}

export type OsLock = HeldLock | { readonly heldBy: number | undefined };

/**
 * One pass over all processes of this user. It answers any number of questions about that moment
 * without reading the process table again.
 */
export interface ProcessScan {
  /** Running processes whose nonce `matches`: session leaders first, then the oldest. */
  carrying(matches: (nonce: string) => boolean): Identity[];
  /** Running session leaders whose output or errors go to `file`, the oldest first. */
  leadersWritingTo(file: string): Identity[];
}

export type OwnerOrder = 'start' | 'stop' | 'restart';

/** The manager of a process that Holdfast has not started: the program that would restart it. */
export interface ProcessOwner {
  readonly type: 'systemd' | 'launchd' | 'supervisor' | 'holdfast' | 'terminal' | 'program';
  /** What a user would call it. */
  readonly name: string;
  /** The process carries our own state folder: a gateway of ours, though not the expected one. */
  readonly isOurs?: true;
  /** Passes the order on; null when the owner takes none. Rejects with the owner's own words. */
  readonly order: ((order: OwnerOrder) => Promise<void>) | null;
}

/** Whether an ordinary program may make a user namespace; else the setting that forbids it, as far as one shows. */
export type UserNamespaces =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly setting: string | null };

export interface Platform {
  // Who a process is.

  /** The kernel's start marker; undefined when no such process runs (a zombie does not). */
  startMarker(pid: number): string | undefined;
  /** When `pid` started, in clock ticks since boot; null where the system does not count them. */
  startTicks(pid: number): number | null;
  describe(pid: number): ProcessDescription | undefined;
  /** Reads one variable from another process's environment: of the same user, where the system allows it. */
  readVariable(pid: number, name: string): string | undefined;
  facts(pid: number): ProcessFacts;
  /** Undefined when the process has ended or the system does not say. */
  workOf(pid: number): ProcessWork | undefined;
  /** What the trees of these roots use, in one pass; null for a root that has ended. */
  usageOf(roots: readonly Identity[]): (TreeUsage | null)[];
  /** Paths that lead to what a process has open as output and errors; none where there are no such paths. */
  outputStreams(pid: number): readonly string[];

  // What belongs together.

  /**
   * Running processes that belong to `root`: descendants, its session, its nonce; and descendants and
   * sessions of its known `relatives`, which may no longer lead to it. Without `root`; the relatives
   * may be among them. One pass over the process table.
   */
  treeOf(root: Identity, relatives?: readonly Identity[]): Identity[];
  scan(): ProcessScan;
  /**
   * `carrier`, or the running leader of its session, which started it and may have overwritten its own
   * environment. The leader gets the carrier's nonce. On other systems `carrier` itself.
   */
  leaderOf(carrier: Identity): Identity;
  /**
   * True when `one` must come from the ended `leader` although it shows no trace of it: a daemon of
   * this user, in the control group that we share with what we start, whose session began after the
   * leader did. On other systems false.
   */
  descendsFrom(leader: Identity, one: Identity): boolean;

  // Starting, waiting, stopping.

  /** `waiter` reports the end of a process that is not our child. */
  spawn(spec: SpawnSpec, waiter: ExitWaiter): SpawnResult;
  launch(spec: SpawnSpec, waiter: ExitWaiter): Promise<SpawnResult>;
  createExitWaiter(): ExitWaiter;
  /** Watches what may end the running process `pid` for lack of memory. Its verdict is null where nothing tells. */
  watchMemoryKills(pid: number): MemoryKills;
  /** Whether a process without a console hears a signal (no CTRL_BREAK reaches one on Windows). */
  readonly signalsAreHeard: boolean;
  /** Sends to the verified process only; false when it has ended. */
  signal(identity: Identity, signal: Signal): boolean;
  /** True while the process group that `leader` led has members. */
  groupLives(leader: number): boolean;
  /** Files of the service manager that starts programs at login. */
  loginEntries(): LoginEntries;
  /** Null where the system keeps none that programs change. */
  userPath(): UserPath | null;
  /** See spawn-detached.ts. */
  isOfLoginEntry(id: string, env: Readonly<Record<string, string | undefined>>): boolean;
  /** Null where the system keeps no list that an installer writes to. */
  installedPrograms(): InstalledPrograms | null;

  // Who holds what.

  /** Listening at one of these addresses. */
  portHolders(port: number, addresses: ReadonlySet<string>): Holder[];
  /** Whether anything listens on `port`; false where the answer would take more than a millisecond. */
  hasListener(port: number): boolean;
  /** Where these processes listen. */
  socketsOf(pids: readonly number[]): ListeningSocket[];
  /** True for a running process that does not let this user see which files and sockets it has open. */
  hidesFiles(pid: number): boolean;
  pathHolders(folder: string): Promise<PathHolder[]>;
  /** Other processes whose executable lies in `folder`; of the user's own. */
  programsIn(folder: string): Holder[];
  /** Null where a child can't be given a listening socket (Windows). */
  readonly heldSockets: HeldSockets | null;
  lock(path: string): OsLock;
  /**
   * Keeps everybody from writing, replacing or removing the file until the answer is called, where the
   * system can (Windows). Throws a sentence when another program may write it now.
   */
  holdFile(path: string): () => void;
  /** The name in the certificate that a program is signed with; null where the system knows no such thing. */
  publisherOf(path: string): string | null;
  /** The process that holds a lock on `path`, without touching the lock; undefined where the system does not say. */
  lockHolder(path: string): number | undefined;
  /** The user id at the other end of a local socket, where the system records it. */
  peerUser(fd: number): number | undefined;

  // Who manages a process.

  /** Of type 'program' when nothing manages it. `stateRoot`: ours. */
  ownerOf(pid: number, stateRoot: string): ProcessOwner;
  /** The process that publishes `port` for a container of Docker. */
  containerProxyOf(port: number): number | undefined;
  /** The first process of a service (systemd unit, launchd job) whose name `matches`. */
  processOfService(matches: (name: string) => boolean): number | undefined;

  // This very process.

  /** True with other rights than its user's own: setuid, or "as administrator". */
  hasRaisedRights(): boolean;
  /** Tries it, within milliseconds; null where no sandbox needs one. */
  userNamespaces(): UserNamespaces | null;
  /** Per cent in the battery that the machine runs on; null on mains, and where it is not known. */
  batteryPercent(): number | null;
  /** Whether the network costs by what is transferred; null where it is not known. */
  isMetered(signal: AbortSignal): Promise<boolean | null>;
  /** The soft limit of open files that this program was started with; undefined where nothing shows it. */
  userOpenFiles(): number | undefined;
  /** Whether the desktop shows the tray item of process `pid`; `signal` gives the question up. */
  showsTrayItem(pid: number, signal: AbortSignal): Promise<boolean>;
  /** Returns to the system what the C library keeps for later. */
  trimMemory(): void;
}

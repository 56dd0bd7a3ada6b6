/** What each operating system must be able to do. Three implementations: linux/, darwin/, windows/. */
import type { Identity } from '../contract/identity.ts';
import type { ExitInfo, SpawnResult, SpawnSpec } from './spawn-spec.ts';

export interface ProcessDescription {
  readonly pid: number;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly name: string;
}

export interface Holder {
  /** 0: the socket is there, and no process shows that it holds it. */
  readonly pid: number;
  /** With pid 0, where the system tells: the socket belongs to this user. */
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

export interface PathHolder extends Holder {
  /** How it holds on: what it runs, where it stands, what it has open or mapped. */
  readonly how: 'executable' | 'folder' | 'mapped' | 'open';
  readonly path: string;
}

export interface ExitWaiter {
  /**
   * Calls `onExit` once when the process of `identity` has ended (on the next tick when it already
   * has). Returns a function that forgets the watch.
   */
  watch(identity: Identity, onExit: (exit: ExitInfo) => void): () => void;
  /** Forgets everything and wakes the wait, so that it no longer holds the program open. */
  close(): void;
}

/** What a process can say about where it lives; see escape-proof.ts. */
export interface ProcessFacts {
  readonly pid: number;
  /** POSIX session id, Windows session number; 0 unknown. */
  readonly session: number;
  /** Linux control group; '' unknown or not a thing here. */
  readonly cgroup: string;
  /** Windows: in a job? 'harmless' when its limits can be read and do not kill on close. */
  readonly job: 'none' | 'harmless' | 'unknown' | 'kills';
  /** Executable, working folder, mapped and open files. */
  readonly paths: readonly string[];
  /** The folder that vanishes with the app: an AppImage mount, or ''. */
  readonly mount: string;
}

/** What one process has used and does now. */
export interface ProcessWork {
  /** Processor time so far, of its ended children too where the system tells. */
  readonly usedMs: number;
  readonly state: 'stopped' | 'waits-for-disk' | 'other';
}

export interface HeldLock {
  readonly release: () => void;
  /** False when its file was taken away or replaced: another program may have locked a new one. */
  readonly isIntact: () => boolean;
}

export type OsLock = HeldLock | { readonly heldBy: number | undefined };

export interface Platform {
  /** The kernel's start marker; undefined when there is no such living process (zombies are dead). */
  startMarker(pid: number): string | undefined;
  describe(pid: number): ProcessDescription | undefined;
  /** Reads one variable from another process's environment: of the same user, where the system allows it. */
  readVariable(pid: number, name: string): string | undefined;
  createExitWaiter(): ExitWaiter;
  /** Undefined when it is gone or the system does not tell. */
  workOf(pid: number): ProcessWork | undefined;
  /** Sends to the verified process only; false when it is gone. */
  signal(identity: Identity, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): boolean;
  /**
   * Living processes that belong to `root`: descendants, its session, its nonce; and descendants and
   * sessions of its known `relatives`, which need no longer lead to it. Without `root`;
   * the relatives may be among them. One look.
   */
  treeOf(root: Identity, relatives?: readonly Identity[]): Identity[];
  /** Listening at one of these addresses. */
  portHolders(port: number, addresses: ReadonlySet<string>): Holder[];
  /** Where these processes listen. */
  socketsOf(pids: readonly number[]): ListeningSocket[];
  /** It lives, and does not let this user see which files and sockets it has open. */
  hidesFiles(pid: number): boolean;
  pathHolders(folder: string): Promise<PathHolder[]>;
  lock(path: string): OsLock;
  /** `waiter` hears the end of what is not our child (Windows). */
  spawn(spec: SpawnSpec, waiter: ExitWaiter): SpawnResult;
  launch(spec: SpawnSpec, waiter: ExitWaiter): Promise<SpawnResult>;
  facts(pid: number): ProcessFacts;
  /** Paths that lead to what a process has open as output and errors; none where there are no such paths. */
  outputStreams(pid: number): readonly string[];
  /** The user id at the other end of a local socket, where the system tells. */
  peerUser(fd: number): number | undefined;
}

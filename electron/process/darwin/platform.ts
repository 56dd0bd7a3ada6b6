/** macOS, assembled. There are no pidfds: the marker is checked as late as possible. */
import { basename } from 'node:path';
import { type Identity, nonceVariable } from '../../contract/identity.ts';
import { programOwner } from '../owner.ts';
import type { Platform, ProcessDescription, ProcessFacts, Signal } from '../platform-interface.ts';
import {
  isListeningAt,
  listenAgain,
  openInbox,
  openListening,
  sendSockets,
} from '../posix/listening.ts';
import { posixLock } from '../posix/lock.ts';
import { groupLives, hasOtherIds } from '../posix/processes.ts';
import { posixSpawn, sessionEscape, withSocketStep } from '../posix/spawn.ts';
import type { SpawnResult, SpawnSpec } from '../spawn-spec.ts';
import { isOfAgent } from './agent-file.ts';
import { scan } from './census.ts';
import { createDarwinExitWaiter } from './exit-waiter.ts';
import { pathHolders, portHolders, programsIn, socketsOf } from './holders.ts';
import {
  allProcesses,
  executablePath,
  type KernelProcess,
  libSystem,
  readArguments,
  readProcess,
  startMarker,
  workOf,
} from './kernel.ts';
import { darwinLoginEntries } from './login-entry.ts';
import { jobOwner, processOfService } from './owner.ts';
import { usageOf } from './usage.ts';

const launchdPid = 1;

/** Another user's process, which root could read, is not trusted. */
function readVariable(pid: number, name: string): string | undefined {
  const entry = readArguments(pid).env.find((line) => line.startsWith(`${name}=`));
  if (entry === undefined || readProcess(pid)?.user !== process.getuid?.()) return undefined;
  return entry.slice(name.length + 1);
}

function signal(identity: Identity, name: Signal): boolean {
  if (startMarker(identity.pid) !== identity.startedAt) return false;
  return process.kill(identity.pid, name);
}

/** Descendants, the sessions they lead, and carriers of the root's nonce, as in linux/tree.ts. */
function treeOf(root: Identity, relatives: readonly Identity[] = []): Identity[] {
  const { nonce } = root;
  const running = allProcesses().filter((one) => !one.over && one.pid !== process.pid);
  const { parents, sessions } = originsOf([root, ...relatives], running);
  const members = new Map<number, Identity>();
  const add = ({ pid, marker }: KernelProcess): void => {
    if (pid !== root.pid) members.set(pid, { pid, startedAt: marker, nonce });
  };
  for (const one of running) {
    const inSession = sessions.has(libSystem().getsid(one.pid));
    const carries = nonce !== '' && readVariable(one.pid, nonceVariable) === nonce;
    if (inSession || carries) add(one);
  }
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const one of running) {
      if (parents.has(one.parent) || members.has(one.parent)) add(one);
    }
  }
  return [...members.values()];
}

/** The pids whose children belong to the family of `known`, and the sessions whose members do. */
function originsOf(known: readonly Identity[], running: readonly KernelProcess[]) {
  const byPid = new Map(running.map((one) => [one.pid, one]));
  const parents = new Set<number>();
  const sessions = new Set<number>();
  for (const { pid, startedAt } of known) {
    const present = byPid.get(pid);
    // The pid was reused: that process is not ours.
    if (present && present.marker !== startedAt) continue;
    if (present) parents.add(pid);
    sessions.add(pid);
  }
  return { parents, sessions };
}

/**
 * launchd starts apps and agents in its own session, which ends with the system alone: there each process
 * counts as one by itself. 0 when it has ended.
 */
function ownSession(pid: number): number {
  return sessionApartFromLaunchd(pid, libSystem().getsid(pid));
}

/** Exported for its test. */
export function sessionApartFromLaunchd(pid: number, session: number): number {
  if (session < 0) return 0;
  return session <= launchdPid ? pid : session;
}

function facts(pid: number): ProcessFacts {
  const paths = [executablePath(pid)].filter((path) => path !== '');
  return { pid, session: ownSession(pid), cgroup: '', job: 'none', paths, mount: '' };
}

function spawn(spec: SpawnSpec): SpawnResult {
  const started = posixSpawn(withSocketStep(spec), {
    // Node's own start asks for POSIX_SPAWN_CLOEXEC_DEFAULT here: nothing is inherited.
    seal: () => {},
    identify: (pid, nonce) => {
      const found = readProcess(pid);
      return found && { pid, startedAt: found.marker, nonce };
    },
  });
  return { ...started, escape: sessionEscape(libSystem().getsid(started.pid), started.pid) };
}

function peerUser(fd: number): number | undefined {
  const user = Buffer.alloc(4);
  const failed = libSystem().getpeereid(fd, user, Buffer.alloc(4)) !== 0;
  return failed ? undefined : user.readUInt32LE();
}

function describeDarwin(pid: number): ProcessDescription | undefined {
  if (startMarker(pid) === undefined) return undefined;
  const exe = executablePath(pid);
  const { argv } = readArguments(pid);
  return { pid, exe, argv, name: basename(exe || argv[0] || 'unknown') };
}

export const darwin: Platform = {
  startMarker,
  startTicks: () => null,
  describe: describeDarwin,
  readVariable,
  facts,
  workOf,
  usageOf,
  outputStreams: () => [],
  treeOf,
  scan: () => scan(),
  leaderOf: (carrier) => carrier,
  descendsFrom: () => false,
  spawn,
  launch: async (spec) => spawn(spec),
  createExitWaiter: createDarwinExitWaiter,
  watchMemoryKills: () => ({ verdict: () => null, close: () => {} }),
  signalsAreHeard: true,
  signal,
  groupLives,
  loginEntries: () => darwinLoginEntries(),
  // Shells make it from files that the user writes.
  userPath: () => null,
  installedPrograms: () => null,
  isOfLoginEntry: isOfAgent,
  portHolders,
  hasListener: () => false,
  socketsOf,
  // macOS names a process for every socket that it shows.
  hidesFiles: () => false,
  pathHolders,
  programsIn,
  heldSockets: {
    open: openListening,
    listenAgain,
    isListeningAt,
    send: sendSockets,
    openInbox,
    copyFrom: () => 'macOS lets no other process take it over',
  },
  lock: (path) => posixLock(path, (fd, operation) => libSystem().flock(fd, operation)),
  holdFile: () => () => {},
  publisherOf: () => null,
  lockHolder: () => undefined,
  peerUser,
  ownerOf: (pid) => jobOwner(pid) ?? programOwner(describeDarwin(pid), pid),
  containerProxyOf: () => undefined,
  processOfService,
  hasRaisedRights: hasOtherIds,
  batteryPercent: () => null,
  isMetered: async () => null,
  userNamespaces: () => null,
  userOpenFiles: () => undefined,
  showsTrayItem: async () => true,
  trimMemory: () => {},
};

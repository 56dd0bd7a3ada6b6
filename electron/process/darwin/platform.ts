/** macOS, assembled. There are no pidfds: the marker is checked as late as can be. */
import { basename } from 'node:path';
import type { Identity } from '../../contract/identity.ts';
import type { Platform, ProcessFacts } from '../platform-interface.ts';
import { posixLock } from '../posix-lock.ts';
import { posixSpawn, sessionEscape } from '../posix-spawn.ts';
import { nonceVariable, type SpawnResult, type SpawnSpec } from '../spawn-spec.ts';
import { createDarwinExitWaiter } from './exit-waiter.ts';
import { pathHolders, portHolders, socketsOf } from './holders.ts';
import {
  allProcesses,
  executablePath,
  libSystem,
  readArguments,
  readProcess,
  startMarker,
  workOf,
} from './kernel.ts';

/** What another user's process says there is not believed, and root could read it. */
function readVariable(pid: number, name: string): string | undefined {
  const entry = readArguments(pid).env.find((line) => line.startsWith(`${name}=`));
  if (entry === undefined || readProcess(pid)?.user !== process.getuid?.()) return undefined;
  return entry.slice(name.length + 1);
}

function signal(identity: Identity, name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): boolean {
  if (startMarker(identity.pid) !== identity.startedAt) return false;
  return process.kill(identity.pid, name);
}

/** Descendants, the sessions they lead, and carriers of the root's nonce; see the Linux twin. */
function treeOf(root: Identity, relatives: readonly Identity[] = []): Identity[] {
  const living = allProcesses().filter((one) => !one.over && one.pid !== process.pid);
  const byPid = new Map(living.map((one) => [one.pid, one]));
  const parents = new Set<number>();
  const sessions = new Set<number>();
  for (const { pid, startedAt } of [root, ...relatives]) {
    const now = byPid.get(pid);
    // Someone else's pid now.
    if (now !== undefined && now.marker !== startedAt) continue;
    if (now !== undefined) parents.add(pid);
    sessions.add(pid);
  }
  const members = new Map<number, Identity>();
  const take = ({ pid, marker }: { pid: number; marker: string }): void => {
    if (pid !== root.pid) members.set(pid, { pid, startedAt: marker, nonce: root.nonce });
  };
  for (const one of living) {
    const inSession = sessions.has(libSystem().getsid(one.pid));
    const carries = root.nonce !== '' && readVariable(one.pid, nonceVariable) === root.nonce;
    if (inSession || carries) take(one);
  }
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const one of living) {
      if (parents.has(one.parent) || members.has(one.parent)) take(one);
    }
  }
  return [...members.values()];
}

function facts(pid: number): ProcessFacts {
  const paths = [executablePath(pid)].filter((path) => path !== '');
  const session = Math.max(libSystem().getsid(pid), 0);
  return { pid, session, cgroup: '', job: 'none', paths, mount: '' };
}

function spawn(spec: SpawnSpec): SpawnResult {
  const started = posixSpawn(spec, {
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

export const darwin: Platform = {
  startMarker,
  describe: (pid) => {
    if (startMarker(pid) === undefined) return undefined;
    const exe = executablePath(pid);
    const { argv } = readArguments(pid);
    return { pid, exe, argv, name: basename(exe || argv[0] || 'unknown') };
  },
  readVariable,
  workOf,
  createExitWaiter: createDarwinExitWaiter,
  signal,
  treeOf,
  portHolders,
  socketsOf,
  // No socket is seen here without its process.
  hidesFiles: () => false,
  pathHolders,
  lock: (path) => posixLock(path, (fd, operation) => libSystem().flock(fd, operation)),
  spawn,
  launch: async (spec) => spawn(spec),
  facts,
  outputStreams: () => [],
  peerUser,
};

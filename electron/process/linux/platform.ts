/** Linux, assembled. */
import type { Platform } from '../platform-interface.ts';
import { posixLock } from '../posix-lock.ts';
import { linuxLaunch } from './escape.ts';
import { createLinuxExitWaiter } from './exit-waiter.ts';
import { facts } from './facts.ts';
import { pathHolders, portHolders } from './holders.ts';
import { peerUser } from './peer.ts';
import { describeLinux, hidesFiles, readVariable, startMarker, workOf } from './proc.ts';
import { socketsOf } from './sockets.ts';
import { linuxSpawn } from './spawn.ts';
import { libc } from './syscalls.ts';
import { signalVerified, treeOf } from './tree.ts';

export const linux: Platform = {
  startMarker,
  describe: describeLinux,
  readVariable,
  workOf,
  createExitWaiter: createLinuxExitWaiter,
  signal: signalVerified,
  treeOf,
  portHolders,
  socketsOf,
  hidesFiles,
  pathHolders,
  lock: (path) => posixLock(path, (fd, operation) => libc().flock(fd, operation)),
  spawn: linuxSpawn,
  launch: linuxLaunch,
  facts,
  outputStreams: (pid) => [`/proc/${pid}/fd/1`, `/proc/${pid}/fd/2`],
  peerUser,
};

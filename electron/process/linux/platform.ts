/** Linux, assembled. */
import type { Platform } from '../platform-interface.ts';
import {
  isListeningAt,
  listenAgain,
  openInbox,
  openListening,
  sendSockets,
} from '../posix/listening.ts';
import { posixLock } from '../posix/lock.ts';
import { groupLives, hasOtherIds } from '../posix/processes.ts';
import { descendsFrom, leaderOf, scan } from './census.ts';
import { facts, linuxLaunch } from './escape.ts';
import { createLinuxExitWaiter } from './exit-waiter.ts';
import { pathHolders, portHolders, programsIn } from './holders.ts';
import { linuxLoginEntries } from './login-entry.ts';
import { watchMemoryKills } from './memory-kills.ts';
import { containerProxyOf, ownerOf, processOfService } from './owner.ts';
import { batteryPercent, isMetered } from './power.ts';
import {
  describeLinux,
  hidesFiles,
  lockHolder,
  readVariable,
  startMarker,
  startTicks,
  userOpenFiles,
  workOf,
} from './proc.ts';
import { copySocket, hasListener, peerUser, socketsOf } from './sockets.ts';
import { linuxSpawn } from './spawn.ts';
import { libc, trimHeap } from './syscalls.ts';
import { showsTrayItem } from './tray-item.ts';
import { signalVerified, treeOf } from './tree.ts';
import { usageOf } from './usage.ts';
import { tryUserNamespaces } from './user-namespaces.ts';

export const linux: Platform = {
  startMarker,
  startTicks,
  describe: describeLinux,
  readVariable,
  facts,
  workOf,
  usageOf,
  outputStreams: (pid) => [`/proc/${pid}/fd/1`, `/proc/${pid}/fd/2`],
  treeOf,
  scan,
  leaderOf,
  descendsFrom,
  spawn: linuxSpawn,
  launch: linuxLaunch,
  createExitWaiter: createLinuxExitWaiter,
  watchMemoryKills,
  signalsAreHeard: true,
  signal: signalVerified,
  groupLives,
  loginEntries: () => linuxLoginEntries(),
  // Shells make it from files that the user writes.
  userPath: () => null,
  installedPrograms: () => null,
  isOfLoginEntry: () => false,
  portHolders,
  hasListener,
  socketsOf,
  hidesFiles,
  pathHolders,
  programsIn,
  heldSockets: {
    open: openListening,
    listenAgain,
    isListeningAt,
    send: sendSockets,
    openInbox,
    copyFrom: copySocket,
  },
  lock: (path) => posixLock(path, (fd, operation) => libc().flock(fd, operation)),
  holdFile: () => () => {},
  publisherOf: () => null,
  lockHolder,
  peerUser,
  ownerOf,
  containerProxyOf,
  processOfService,
  hasRaisedRights: hasOtherIds,
  batteryPercent: () => batteryPercent(),
  isMetered: (signal) => isMetered(signal),
  userNamespaces: tryUserNamespaces,
  userOpenFiles,
  showsTrayItem,
  trimMemory: trimHeap,
};

/** Windows, assembled. */
import type { Platform } from '../platform-interface.ts';
import { publisherOf } from './authenticode.ts';
import { windowsLaunch, windowsSpawn } from './escape.ts';
import { createWindowsExitWaiter } from './exit-waiter.ts';
import { pathHolders, portHolders, programsIn, socketsOf } from './holders.ts';
import { windowsInstalledPrograms } from './installed-programs.ts';
import { holdWindowsFile, windowsLock } from './lock.ts';
import { windowsLoginEntries } from './login-entry.ts';
import { variableOf } from './memory.ts';
import { ownerOf } from './owner.ts';
import { facts, signal, startMarker, workOf } from './processes.ts';
import { isElevated } from './token.ts';
import { describeWindows, scan, treeOf } from './tree.ts';
import { usageOf } from './usage.ts';
import { windowsUserPath } from './user-path.ts';

export const windows: Platform = {
  startMarker,
  startTicks: () => null,
  describe: describeWindows,
  readVariable: variableOf,
  facts,
  workOf,
  usageOf,
  outputStreams: () => [],
  treeOf,
  scan,
  leaderOf: (carrier) => carrier,
  descendsFrom: () => false,
  spawn: windowsSpawn,
  launch: windowsLaunch,
  createExitWaiter: createWindowsExitWaiter,
  watchMemoryKills: () => ({ verdict: () => null, close: () => {} }),
  signalsAreHeard: false,
  signal,
  groupLives: () => false,
  loginEntries: () => windowsLoginEntries(),
  userPath: () => windowsUserPath(),
  isOfLoginEntry: () => false,
  installedPrograms: () => windowsInstalledPrograms(),
  portHolders,
  hasListener: () => false,
  socketsOf,
  // Windows names a process for every socket.
  hidesFiles: () => false,
  pathHolders,
  programsIn,
  heldSockets: null,
  lock: windowsLock,
  holdFile: holdWindowsFile,
  publisherOf,
  lockHolder: () => undefined,
  // The pipe's access list and the challenge decide instead.
  peerUser: () => undefined,
  ownerOf,
  containerProxyOf: () => undefined,
  processOfService: () => undefined,
  hasRaisedRights: () => isElevated(),
  batteryPercent: () => null,
  isMetered: async () => null,
  userNamespaces: () => null,
  userOpenFiles: () => undefined,
  showsTrayItem: async () => true,
  trimMemory: () => {},
};

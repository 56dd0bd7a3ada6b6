/** Windows, assembled. */
import type { Platform } from '../platform-interface.ts';
import { windowsLaunch, windowsSpawn } from './escape.ts';
import { createWindowsExitWaiter } from './exit-waiter.ts';
import { pathHolders, portHolders, socketsOf } from './holders.ts';
import { windowsLock } from './lock.ts';
import { variableOf } from './memory.ts';
import { facts, signal, startMarker, workOf } from './processes.ts';
import { describeWindows, treeOf } from './tree.ts';

export const windows: Platform = {
  startMarker,
  describe: describeWindows,
  readVariable: variableOf,
  workOf,
  createExitWaiter: createWindowsExitWaiter,
  signal,
  treeOf,
  portHolders,
  socketsOf,
  // No socket is seen here without its process.
  hidesFiles: () => false,
  pathHolders,
  lock: windowsLock,
  spawn: windowsSpawn,
  launch: windowsLaunch,
  facts,
  // The pipe's access list and the challenge decide there.
  outputStreams: () => [],
  peerUser: () => undefined,
};

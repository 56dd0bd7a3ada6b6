/** Windows, assembled. */
import type { Platform } from '../platform-interface.ts';
import { windowsLaunch, windowsSpawn } from './escape.ts';
import { createWindowsExitWaiter } from './exit-waiter.ts';
import { pathHolders, portHolder } from './holders.ts';
import { windowsLock } from './lock.ts';
import { describeWindows, facts, signal, startMarker, treeOf } from './processes.ts';

export const windows: Platform = {
  startMarker,
  describe: describeWindows,
  // Windows keeps environments inside the process; a nonce is proven over its pipe or port instead.
  readVariable: () => undefined,
  createExitWaiter: createWindowsExitWaiter,
  signal,
  treeOf,
  portHolder,
  pathHolders,
  lock: windowsLock,
  spawn: windowsSpawn,
  launch: windowsLaunch,
  facts,
  // The pipe's access list and the challenge decide there.
  peerUser: () => undefined,
};

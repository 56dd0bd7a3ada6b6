/** Placeholder until the implementation is in. */
import type { Platform } from '../platform-interface.ts';

function missing(): never {
  throw new Error('Holdfast does not run on this system yet.');
}

export const windows: Platform = {
  startMarker: missing,
  describe: missing,
  readVariable: missing,
  createExitWaiter: missing,
  signal: missing,
  treeOf: missing,
  portHolder: missing,
  pathHolders: missing,
  lock: missing,
  spawn: missing,
  launch: missing,
  facts: missing,
  peerUser: missing,
};

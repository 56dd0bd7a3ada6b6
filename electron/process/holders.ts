/** Names who holds a port or a folder, so that the user can be told; nothing is ever killed here. */
import { platform } from './platform.ts';
import type { Holder, PathHolder } from './platform-interface.ts';

/** The program listening on a local TCP port; pid 0 when it belongs to another user. */
export function whoHoldsPort(port: number): Holder | undefined {
  return platform.portHolder(port);
}

/** Every other process that runs from, stands in, maps or has open something under `folder`. */
export function whoHoldsPath(folder: string): Promise<PathHolder[]> {
  return platform.pathHolders(folder);
}

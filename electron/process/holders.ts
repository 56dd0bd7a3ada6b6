/** Names who holds a port or a folder, so that the user can be told; nothing is ever killed here. */
import { platform } from './platform.ts';
import type { Holder, PathHolder } from './platform-interface.ts';

/** Every address and the loopback. */
const local: ReadonlySet<string> = new Set(['0.0.0.0', '127.0.0.1', '::', '::1']);

/**
 * Who listens on a TCP port of this machine, at its loopback or at every address, unless others are
 * asked for: what listens at one other address alone is in nobody's way. Several may share a port,
 * or have inherited it.
 */
export function holdersOfPort(port: number, addresses = local): Holder[] {
  return platform.portHolders(port, addresses);
}

/** One of them; pid 0 when it belongs to another user. */
export function whoHoldsPort(port: number): Holder | undefined {
  return holdersOfPort(port)[0];
}

/** Every other process that runs from, stands in, maps or has open something under `folder`. */
export function whoHoldsPath(folder: string): Promise<PathHolder[]> {
  return platform.pathHolders(folder);
}

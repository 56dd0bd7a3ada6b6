/** Where this watcher's programs and its socket are. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { BUILD_ID } from '../contract/build-info.ts';
import type { Pin } from '../gateway/ledger.ts';
import type { ShippedProgram } from '../gateway/types.ts';
import { type Endpoint, readEndpoint } from '../handoff/endpoint.ts';
import { gatewayScript, RUNTIME_FILE } from '../handoff/staged.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { isAlive, socketPath } from '../process/index.ts';

/** The gateway that ships with this very watcher; beside it when staged, its source otherwise. */
export function shippedProgram(folder: string): ShippedProgram {
  const staged = gatewayScript(folder);
  const script = existsSync(staged)
    ? staged
    : path.join(folder, '..', 'reference-gateway', 'main.ts');
  return { node: process.execPath, script, buildId: BUILD_ID };
}

/** The staged gateway that a pin names; null when its folders are not there any more. */
export function pinnedProgram(state: StateFolder, pin: Pin): ShippedProgram | null {
  const node = path.join(state.staged, pin.runtime, RUNTIME_FILE);
  const script = gatewayScript(path.join(state.staged, pin.bundle));
  return existsSync(node) && existsSync(script) ? { node, script, buildId: pin.build } : null;
}

/**
 * The socket to listen at: the state folder's own, or its twin while an older watcher still listens
 * at the first. Both have a name of bounded length; more than two are never needed.
 */
export function freeSocket(state: StateFolder): string {
  const own = socketPath(state.root);
  const known: Endpoint | undefined = readEndpoint(state);
  const taken = known !== undefined && known.socket === own && isAlive(known.identity);
  return taken ? own.replace(/\.sock$/, 'b.sock') : own;
}

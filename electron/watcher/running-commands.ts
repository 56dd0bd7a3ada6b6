/**
 * Which update commands of gateways run, kept on disk for the next watcher: one that ends amid a
 * command leaves it running, and a gateway must not be started while its files are being replaced.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { identitySchema } from '../contract/identity.ts';
import { profileIdSchema } from '../contract/profile.ts';
import { readUntrustedJson } from '../files/untrusted-file.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { processesCarrying } from '../process/census.ts';
import { isAlive, writeDurable } from '../process/index.ts';

const recordSchema = z.strictObject({
  id: profileIdSchema,
  command: identitySchema,
  /** How long it may take as a whole. */
  timeoutMs: z.int().check(z.positive()),
});
export type RunningCommand = z.infer<typeof recordSchema>;

/** An id, a process and a number. */
const MAX_BYTES = 4 * 1024;
const PREFIX = 'command-';
const SUFFIX = '.json';

type Run = Pick<StateFolder, 'run'>;

const fileOf = ({ run }: Run, id: string): string => path.join(run, `${PREFIX}${id}${SUFFIX}`);

/** Throws what the disk says. */
export function rememberCommand(state: Run, command: RunningCommand): void {
  writeDurable(fileOf(state, command.id), `${JSON.stringify(command)}\n`);
}

export function forgetCommand(state: Run, id: string): void {
  rmSync(fileOf(state, id), { force: true });
}

/** Those that still run, in whole or in part; the records of all others are removed. */
export function commandsStillRunning(state: Run): RunningCommand[] {
  return readdirSync(state.run).flatMap((name) => {
    if (!name.startsWith(PREFIX) || !name.endsWith(SUFFIX)) return [];
    const file = path.join(state.run, name);
    const found = read(file);
    if (found && file === fileOf(state, found.id) && lives(found)) return [found];
    rmSync(file, { force: true });
    return [];
  });
}

function read(file: string): RunningCommand | null {
  try {
    return readUntrustedJson(file, recordSchema, MAX_BYTES);
  } catch {
    return null;
  }
}

/** Also when it has ended and left a child: an installer that forks is not done yet. */
function lives({ command }: RunningCommand): boolean {
  if (isAlive(command)) return true;
  return processesCarrying((nonce) => nonce !== '' && nonce === command.nonce).length > 0;
}

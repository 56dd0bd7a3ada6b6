/**
 * What a rehearsal has begun, kept on disk until nothing of it is left: a watcher that is killed in the
 * middle leaves a gateway running that is not needed, and a copy of data that may be large. The next
 * watcher ends and removes both. The record is written before anything is started.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { errorText } from '../../contract/error-text.ts';
import { identitySchema } from '../../contract/identity.ts';
import { profileIdSchema } from '../../contract/profile.ts';
import { writeDurable } from '../../files/durable-write.ts';
import { removeTree } from '../../files/snapshot/copy-tree.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { readUntrustedJson } from '../../files/untrusted-file.ts';
import {
  type Clock,
  type ExitWaiter,
  type Identity,
  isAlive,
  processesCarrying,
  stopTree,
} from '../../process/index.ts';

const recordSchema = z.strictObject({
  id: profileIdSchema,
  /** In the environment of everything that was started. */
  nonce: z.string().check(z.regex(/^[a-f0-9]{32}$/)),
  /** The processes that were started; a program may hide its nonce. */
  processes: z.array(identitySchema).check(z.maxLength(4)),
});
export type RehearsalRecord = z.infer<typeof recordSchema>;

export type RehearsalFolders = Pick<StateFolder, 'run' | 'rehearsals'>;

export interface EndDeps {
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  log(message: string): void;
}

const maxBytes = 4 * 1024;
const prefix = 'rehearsal-';
const suffix = '.json';

const fileOf = ({ run }: RehearsalFolders, id: string): string =>
  path.join(run, `${prefix}${id}${suffix}`);

/** Where the rehearsal of a gateway has its files. */
export function rehearsalFolder({ rehearsals }: RehearsalFolders, id: string): string {
  return path.join(rehearsals, id);
}

/** Durable when it returns. Throws the system's error. */
export function writeRecord(folders: RehearsalFolders, record: RehearsalRecord): void {
  mkdirSync(folders.run, { recursive: true, mode: 0o700 });
  writeDurable(fileOf(folders, record.id), `${JSON.stringify(record)}\n`);
}

/** What is being ended, by folder: another rehearsal of the gateway waits for it. */
const ending = new Map<string, Promise<void>>();

/**
 * Ends everything that a rehearsal has started and removes its files; its record goes last. Never
 * rejects: what could not be ended or removed is logged, and the record stays for the next try.
 */
export function endRehearsal(
  folders: RehearsalFolders,
  record: RehearsalRecord,
  deps: EndDeps,
): Promise<void> {
  const folder = rehearsalFolder(folders, record.id);
  const earlier = ending.get(folder) ?? Promise.resolve();
  const ended = earlier.then(() => endNow(folders, record, deps));
  ending.set(folder, ended);
  return ended.finally(() => {
    if (ending.get(folder) === ended) ending.delete(folder);
  });
}

async function endNow(
  folders: RehearsalFolders,
  record: RehearsalRecord,
  deps: EndDeps,
): Promise<void> {
  try {
    for (const one of remains(record)) await kill(one, deps);
    const left = remains(record).filter(isAlive);
    if (left.length > 0) {
      const pids = left.map(({ pid }) => pid).join(', ');
      throw new Error(`the system keeps process ${pids} alive`);
    }
    await removeTree(rehearsalFolder(folders, record.id));
    rmSync(fileOf(folders, record.id), { force: true });
  } catch (error) {
    deps.log(`${record.id}: its rehearsal left something behind: ${errorText(error)}`);
  }
}

/**
 * Ends what rehearsals of earlier watchers have left, of one gateway or of all. Which those are is
 * found out before this returns.
 */
export async function endRehearsals(
  folders: RehearsalFolders,
  deps: EndDeps,
  only?: string,
): Promise<void> {
  const records = [...recordsIn(folders), ...foldersWithoutRecord(folders)];
  const wanted = records.filter(({ id }) => only === undefined || id === only);
  await Promise.all(wanted.map((record) => endRehearsal(folders, record, deps)));
}

/** A copy whose record is gone: it could not be removed then. */
function foldersWithoutRecord(folders: RehearsalFolders): RehearsalRecord[] {
  if (!existsSync(folders.rehearsals)) return [];
  return readdirSync(folders.rehearsals)
    .filter((id) => !existsSync(fileOf(folders, id)))
    .map((id) => ({ id, nonce: '', processes: [] }));
}

/** The recorded processes, whose families may outlive them, and what carries the nonce. */
function remains({ nonce, processes }: RehearsalRecord): Identity[] {
  return [...processes, ...processesCarrying((found) => nonce !== '' && found === nonce)];
}

async function kill(one: Identity, { waiter, clock }: EndDeps): Promise<void> {
  await stopTree(one, { graceful: 'none', graceMs: 0, waiter, clock });
}

function recordsIn(folders: RehearsalFolders): RehearsalRecord[] {
  if (!existsSync(folders.run)) return [];
  return readdirSync(folders.run).flatMap((name) => {
    if (!name.startsWith(prefix) || !name.endsWith(suffix)) return [];
    const file = path.join(folders.run, name);
    try {
      const record = readUntrustedJson(file, recordSchema, maxBytes);
      if (file === fileOf(folders, record.id)) return [record];
    } catch {
      // It names nothing that could be ended.
    }
    rmSync(file, { force: true });
    return [];
  });
}

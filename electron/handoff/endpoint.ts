/**
 * Where the watcher of a state folder is to be found, and the secret both ends prove to know.
 * The watcher alone writes both files, while it holds the state folder's lock; everyone else reads
 * them as hostile input.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { identitySchema } from '../contract/identity.ts';

export const endpointSchema = z.strictObject({
  /** Path of the socket, or name of the pipe. */
  socket: z.string().check(z.minLength(1), z.maxLength(512)),
  identity: identitySchema,
  version: z.string(),
  buildId: z.string(),
  protocol: z.int(),
});
export type Endpoint = z.infer<typeof endpointSchema>;

const secretSchema = z.string().check(z.regex(/^[a-f0-9]{64}$/));

/** An endpoint is a few hundred bytes; anything larger is not one. */
const MAX_BYTES = 8 * 1024;

/** The endpoint written in `runFolder`; undefined when there is none or it cannot be trusted. */
export function readEndpoint(runFolder: string): Endpoint | undefined {
  const text = readPrivate(endpointFile(runFolder));
  if (text === undefined) return undefined;
  try {
    const parsed = z.safeParse(endpointSchema, JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the endpoint as a whole: a reader sees the old or the new one. */
export function writeEndpoint(runFolder: string, endpoint: Endpoint): void {
  replaceFile(endpointFile(runFolder), `${JSON.stringify(endpoint)}\n`);
}

/** Takes the endpoint away when it is still `mine`. */
export function removeEndpoint(runFolder: string, mine: Endpoint): void {
  if (readEndpoint(runFolder)?.socket !== mine.socket) return;
  rmSync(endpointFile(runFolder), { force: true });
}

/** The secret of the state folder, 64 hex characters; undefined before its first watcher. */
export function readSecret(runFolder: string): string | undefined {
  const text = readPrivate(secretFile(runFolder))?.trim();
  const parsed = z.safeParse(secretSchema, text);
  return parsed.success ? parsed.data : undefined;
}

/** The secret, made when there is none. Only for the holder of the watcher's lock. */
export function ensureSecret(runFolder: string): string {
  const known = readSecret(runFolder);
  if (known !== undefined) return known;
  const secret = randomBytes(32).toString('hex');
  replaceFile(secretFile(runFolder), `${secret}\n`);
  return secret;
}

function endpointFile(runFolder: string): string {
  return join(runFolder, 'endpoint.json');
}

function secretFile(runFolder: string): string {
  return join(runFolder, 'secret');
}

function replaceFile(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** A small regular file of ours that nobody else may read or write; undefined for anything else. */
function readPrivate(file: string): string | undefined {
  let fd: number;
  try {
    // O_NOFOLLOW is 0 on Windows, where a link needs a privilege to be made.
    fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return undefined;
  }
  try {
    const facts = fstatSync(fd);
    if (!facts.isFile() || facts.size > MAX_BYTES) return undefined;
    const user = process.getuid?.();
    if (user !== undefined && (facts.uid !== user || (facts.mode & 0o077) !== 0)) return undefined;
    return readFileSync(fd, 'utf8');
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

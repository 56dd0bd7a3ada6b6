/**
 * Where the watcher of a state folder can be reached, and the secret that both ends prove to know.
 * Only the watcher writes the two files, while it holds the state folder's lock; everyone else reads
 * them as untrusted input.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import * as z from 'zod/mini';
import { identitySchema } from '../contract/identity.ts';
import { writeDurable } from '../files/durable-write.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { FileProblem, readUntrusted, readUntrustedJson } from '../files/untrusted-file.ts';
import { isAlive, socketPath } from '../process/index.ts';

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
const maxBytes = 8 * 1024;

/** The endpoint; undefined when there is none or it can't be trusted. */
export function readEndpoint(state: StateFolder): Endpoint | undefined {
  try {
    return readUntrustedJson(state.endpoint, endpointSchema, maxBytes);
  } catch (error) {
    if (error instanceof FileProblem) return undefined;
    throw error;
  }
}

/** Replaces the endpoint as a whole: a reader sees the old or the new one. */
export function writeEndpoint(state: StateFolder, endpoint: Endpoint): void {
  writeDurable(state.endpoint, `${JSON.stringify(endpoint)}\n`);
}

/** Removes the endpoint if it is still `mine`. */
export function removeEndpoint(state: StateFolder, mine: Endpoint): void {
  const now = readEndpoint(state);
  if (now?.identity.pid !== mine.identity.pid || now.socket !== mine.socket) return;
  rmSync(state.endpoint, { force: true });
}

/**
 * The socket to listen at: the state folder's own, or its twin while an older watcher still listens
 * at the first. Both have a name of bounded length; more than two are never needed.
 */
export function freeSocket(state: StateFolder): string {
  const own = socketPath(state.root);
  const known = readEndpoint(state);
  const taken = known !== undefined && known.socket === own && isAlive(known.identity);
  return taken ? own.replace(/\.sock$/, 'b.sock') : own;
}

/** Where a successor takes the held ports of the older watcher; as short as the sockets beside it. */
export function portsInbox(state: StateFolder): string {
  return socketPath(state.root).replace(/\.sock$/, 'p.sock');
}

/** The secret of the state folder, 64 hex characters; undefined before its first watcher. */
export function readSecret(state: StateFolder): string | undefined {
  try {
    const text = readUntrusted(state.secret, maxBytes).toString('utf8').trim();
    const parsed = z.safeParse(secretSchema, text);
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof FileProblem) return undefined;
    throw error;
  }
}

/** The secret, made if there is none. Only for the holder of the watcher's lock. */
export function ensureSecret(state: StateFolder): string {
  const known = readSecret(state);
  if (known !== undefined) return known;
  const secret = randomBytes(32).toString('hex');
  restoreSecret(state, secret);
  return secret;
}

/** Writes the secret that the running watcher uses. */
export function restoreSecret(state: StateFolder, secret: string): void {
  writeDurable(state.secret, `${secret}\n`);
}

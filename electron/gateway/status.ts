/**
 * How much is known about a running gateway:
 *   verified  an answer of its status address carries the nonce it was started with
 *   healthy   its own process listens on its port (without one: answers for itself), and it counted as ready
 *   alive     the process lives
 */
import * as z from 'zod/mini';
import type { Proof } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import type { Clock } from '../process/index.ts';
import { parseJson } from './json-field.ts';
import type { PortOwner } from './port-owner.ts';
import { ask } from './probe.ts';

/** A gateway that is ready answers at once; a busy machine gets some patience. */
const statusTimeoutMs = 1_000;

const statusAnswerSchema = z.object({
  build: z.optional(z.nullable(z.string().check(z.maxLength(256)))),
  nonce: z.optional(z.nullable(z.string().check(z.maxLength(64)))),
});

export interface Evidence {
  readonly proof: Proof;
  readonly build: string | null;
  /** Epoch milliseconds of the answer this rests on; finding out whose it was takes longer. */
  readonly answeredAt: number;
  /** Whoever answers is not the process we mean. */
  readonly stranger: boolean;
}

export interface Questioned {
  readonly profile: Profile;
  readonly identity: Identity;
  /** An address. */
  readonly host: string;
  readonly clock: Clock;
  /** Without a port: whether its own report answers and names a process of its tree. */
  vouches?(): Promise<boolean>;
  /** Asked only when the status answer leaves it open: it looks through the process table. */
  portOwner(): PortOwner;
}

/** Asks the status address; null when there is none or its answer can't be used. */
async function readStatus(one: Questioned): Promise<z.infer<typeof statusAnswerSchema> | null> {
  const { profile, host, clock } = one;
  if (!profile.status || profile.port === undefined) return null;
  const { path } = profile.status;
  const { port, https } = profile;
  const answer = await ask(path, { host, port, https, timeoutMs: statusTimeoutMs, clock });
  if (answer.type !== 'answer' || answer.status >= 300) return null;
  const parsed = z.safeParse(statusAnswerSchema, parseJson(answer.body));
  return parsed.success ? parsed.data : null;
}

/** What can be said about a gateway that counts as ready. */
export async function gatherEvidence(one: Questioned): Promise<Evidence> {
  const { profile, identity } = one;
  const status = await readStatus(one);
  const build = status?.build ?? null;
  const answeredAt = Date.now();
  if (status?.nonce && identity.nonce !== '' && status.nonce === identity.nonce) {
    return { proof: 'verified', build, answeredAt, stranger: false };
  }
  if (profile.port === undefined) {
    const proof = (await one.vouches?.()) === true ? 'healthy' : 'alive';
    return { proof, build, answeredAt, stranger: false };
  }
  const owner = one.portOwner();
  // An answer of someone else, or of what an ended gateway left behind, says nothing about ours.
  if (owner.type === 'foreign' || owner.type === 'leftover') {
    return { proof: 'alive', build: null, answeredAt, stranger: true };
  }
  return { proof: owner.type === 'own' ? 'healthy' : 'alive', build, answeredAt, stranger: false };
}

/**
 * How much is known about a running gateway:
 *   verified  an answer of its status address carries the nonce it was started with
 *   healthy   its own process listens on its port (without one: answers for itself), and it counted as ready
 *   alive     the process lives
 */
import * as z from 'zod/mini';
import type { Proof } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Profile } from '../../contract/profile.ts';
import type { Clock } from '../../process/index.ts';
import { ask } from '../probes/http.ts';
import { parseJson } from '../probes/json-field.ts';
import type { PortOwner } from '../probes/port-owner.ts';

/** A ready gateway answers at once; on a busy machine a little later. */
const statusTimeoutMs = 1_000;

const statusAnswerSchema = z.object({
  build: z.optional(z.nullable(z.string().check(z.maxLength(256)))),
  nonce: z.optional(z.nullable(z.string().check(z.maxLength(64)))),
});

export interface Evidence {
  readonly proof: Proof;
  readonly build: string | null;
  /** Epoch milliseconds of the answer that this rests on; to find out whose it was takes longer. */
  readonly answeredAt: number;
  /** Another process answers. */
  readonly stranger: boolean;
  /** Its status address did not answer in time: it may do so yet. */
  readonly statusIsLate: boolean;
}

export interface EvidenceRequest {
  readonly profile: Profile;
  readonly identity: Identity;
  /** An address. */
  readonly host: string;
  readonly clock: Clock;
  /** Without a port: whether its own report answers and names a process of its tree. */
  vouches?(): Promise<boolean>;
  /** Asked only when the status answer does not settle it: it reads the process table. */
  portOwner(): PortOwner;
}

/** Asks the status address; null when there is none or its answer can't be used, `late` when there is none yet. */
async function readStatus(
  request: EvidenceRequest,
): Promise<z.infer<typeof statusAnswerSchema> | 'late' | null> {
  const { profile, host, clock } = request;
  if (!profile.status || profile.port === undefined) return null;
  const { path } = profile.status;
  const { port, https } = profile;
  const answer = await ask(path, { host, port, https, timeoutMs: statusTimeoutMs, clock });
  if (answer.type === 'silent') return 'late';
  if (answer.type !== 'answer' || answer.status >= 300) return null;
  const parsed = z.safeParse(statusAnswerSchema, parseJson(answer.body));
  return parsed.success ? parsed.data : null;
}

/** How much is known of a gateway that counts as ready. */
export async function gatherEvidence(request: EvidenceRequest): Promise<Evidence> {
  const { profile, identity } = request;
  const read = await readStatus(request);
  const statusIsLate = read === 'late';
  const status = read === 'late' ? null : read;
  const build = status?.build ?? null;
  const answeredAt = Date.now();
  if (status?.nonce && identity.nonce !== '' && status.nonce === identity.nonce) {
    return { proof: 'verified', build, answeredAt, stranger: false, statusIsLate };
  }
  if (profile.port === undefined) {
    const proof = (await request.vouches?.()) === true ? 'healthy' : 'alive';
    return { proof, build, answeredAt, stranger: false, statusIsLate };
  }
  const owner = request.portOwner();
  // An answer of another program, or of what an ended gateway left behind, says nothing about ours.
  if (owner.type === 'foreign' || owner.type === 'leftover') {
    return { proof: 'alive', build: null, answeredAt, stranger: true, statusIsLate };
  }
  const proof = owner.type === 'own' ? 'healthy' : 'alive';
  return { proof, build, answeredAt, stranger: false, statusIsLate };
}

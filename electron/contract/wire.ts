/**
 * The frames on the watcher's socket: one JSON object a line, in UTF-8.
 *
 * ```
 * client                                server
 *   greeting {challenge}            ->
 *                                   <-    greeting {challenge, proof}   server proves itself first
 *   proof {proof}                   ->
 *                                   <-    welcome                       or a refusal, then the end
 *   request {id, call, input}       ->
 *                                   <-    answer {id, ok | error} / event {event, payload}
 * ```
 * A proof is HMAC-SHA256 over role and both challenges with the state folder's secret, which is
 * never sent itself.
 */
import * as z from 'zod/mini';

/** Longest request the watcher accepts. */
export const maxFrameBytes = 4 * 1024 * 1024;
/** Longest answer or event a client accepts: the state of some thousand gateways. */
export const maxAnswerBytes = 16 * 1024 * 1024;

const hex32 = z.string().check(z.regex(/^[a-f0-9]{64}$/));

export const greetingSchema = z.strictObject({ challenge: hex32 });
export const serverGreetingSchema = z.strictObject({ challenge: hex32, proof: hex32 });
export const clientProofSchema = z.strictObject({ proof: hex32 });
export const welcomeSchema = z.union([
  z.strictObject({ welcome: z.literal(true) }),
  z.strictObject({ refused: z.string() }),
]);

export const requestSchema = z.strictObject({
  id: z.int().check(z.nonnegative()),
  call: z.string().check(z.maxLength(64)),
  input: z.optional(z.unknown()),
});
export type Request = z.infer<typeof requestSchema>;

export const serverFrameSchema = z.union([
  z.strictObject({ id: z.int(), ok: z.optional(z.unknown()) }),
  z.strictObject({ id: z.int(), error: z.string() }),
  z.strictObject({ event: z.string(), payload: z.unknown() }),
]);
export type ServerFrame = z.infer<typeof serverFrameSchema>;

/** What a proof signs: the role keeps one side's proof from being replayed as the other's. */
export function proofText(
  role: 'server' | 'client',
  clientChallenge: string,
  serverChallenge: string,
): string {
  return `holdfast-1 ${role} ${clientChallenge} ${serverChallenge}`;
}

/** A watcher refuses orders with this while another one takes over. Nothing was done: the other one can be asked. */
export const takingOver = 'A newer background service is taking over; try again in a moment.';

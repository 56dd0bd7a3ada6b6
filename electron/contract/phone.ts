/**
 * Messages to the phone, which the watcher sends: to a topic of ntfy, or to a webhook. The address is a
 * secret (who knows it can send, or read along). It is written once and never answered: only its host is.
 */
import * as z from 'zod/mini';
import { nothing } from './define.ts';

/** How the server at the address wants a message. */
export const phoneKinds = ['ntfy', 'webhook'] as const;
export type PhoneKind = (typeof phoneKinds)[number];

const tell = z.enum(['all', 'problems']);
const kind = z.enum(phoneKinds);
const target = { kind, address: z.string().check(z.minLength(1), z.maxLength(2048)) };

export const phoneViewSchema = z.object({
  /** Where messages go; null: nowhere. */
  target: z.nullable(z.object({ kind: z.string(), host: z.string() })),
  /** Problems and news, or problems alone. */
  tell,
  /** What became of the newest message; null before the first one. Times are epoch milliseconds. */
  last: z.nullable(
    z.object({
      at: z.number(),
      /** Why it has not arrived yet, or never will; null when it has. */
      problem: z.nullable(z.string()),
      /** When it is tried again; null: it is not. */
      nextAt: z.nullable(z.number()),
    }),
  ),
});
export type PhoneView = z.infer<typeof phoneViewSchema>;

export const phoneCalls = {
  'phone.show': { input: nothing, output: phoneViewSchema },
  /** Fails with a sentence when messages can't be sent to that address. */
  'phone.set': { input: z.strictObject({ ...target, tell }), output: phoneViewSchema },
  'phone.tell': { input: z.strictObject({ tell }), output: phoneViewSchema },
  /** Nothing is sent any more, and the address is forgotten. */
  'phone.remove': { input: nothing, output: phoneViewSchema },
  /** Sends one message, to this address or to the one that is set, and answers in a sentence what came back. */
  'phone.test': {
    input: z.optional(z.nullable(z.strictObject(target))),
    output: z.object({ arrived: z.boolean(), answer: z.string() }),
  },
} as const;

/**
 * The update of one gateway, apart from an update of Holdfast: its phases, what is shown meanwhile, and the
 * receipt that is left. An update that works passes the phases in this order (a program is copied before the
 * stop already); a problem after `rehearsing` leads to `rolling-back`, which ends with the old version:
 *
 *   checking ─► rehearsing ─► stopping ─► copying ─► installing ─► proving ─► soaking ─► confirming
 *                    └───────────┴───────────┴────────────┴──────────┴───────────┤
 *                                                                rolling-back ◄──┘
 */
import * as z from 'zod/mini';
import { problemSchema } from './gateway.ts';
import { profileIdSchema } from './profile.ts';
import { attemptIdSchema, outcomeSchema, receiptGatewaySchema } from './receipt.ts';

const phaseNames = [
  'checking',
  'rehearsing',
  'stopping',
  'copying',
  'installing',
  'proving',
  'soaking',
  'confirming',
  'rolling-back',
] as const;
export type GatewayUpdatePhase = (typeof phaseNames)[number];

export const gatewayUpdateSchema = z.object({
  attempt: attemptIdSchema,
  phase: z.enum(phaseNames),
  /** Null where the profile names no way to ask. */
  fromVersion: z.nullable(z.string()),
  toVersion: z.nullable(z.string()),
  /** When the phase began, epoch milliseconds. */
  since: z.number(),
  /** When the phase ends by itself, epoch milliseconds; null when it does not. */
  until: z.nullable(z.number()),
});
export type GatewayUpdate = z.infer<typeof gatewayUpdateSchema>;

/** What the update command wrote about its own run: shown beside what was observed. */
export const ownReceiptSchema = z.object({
  /** Its word for how it ended. */
  outcome: z.string(),
  good: z.boolean(),
  /** It says that it began nothing. */
  unchanged: z.boolean(),
  reason: z.nullable(z.string()),
  /** From what to what, a commit or a version. */
  before: z.nullable(z.string()),
  after: z.nullable(z.string()),
});
export type OwnReceipt = z.infer<typeof ownReceiptSchema>;

/** Durable, one per attempt. Times are epoch milliseconds. */
export const gatewayReceiptSchema = z.object({
  schema: z.literal(1),
  attempt: attemptIdSchema,
  /** The gateway that was to be updated. */
  gateway: profileIdSchema,
  name: z.string(),
  fromVersion: z.nullable(z.string()),
  toVersion: z.nullable(z.string()),
  outcome: outcomeSchema,
  startedAt: z.number(),
  /** When the outcome was reached. */
  at: z.number(),
  /** Named moments in the order they happened. */
  steps: z.array(z.object({ name: z.string(), at: z.number(), detail: z.optional(z.string()) })),
  /** It, and the gateways that had to be stopped with it. */
  gateways: z.array(receiptGatewaySchema),
  problem: z.nullable(problemSchema),
  /** It began by itself: `idle` or `night`, as its user chose; absent: it was asked for. */
  automatic: z.optional(z.string()),
  /** Absent where the command wrote none. */
  own: z.optional(ownReceiptSchema),
});
export type GatewayReceipt = z.infer<typeof gatewayReceiptSchema>;

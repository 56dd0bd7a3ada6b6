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
import { words } from '../words/spoken.ts';
import { problemSchema } from './gateway.ts';
import { profileIdSchema } from './profile.ts';
import type { UpdateWhen } from './profile-update.ts';
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

/** In these the new version serves already: the user may keep it, or have the old one back. */
export const undecidedPhases: ReadonlySet<GatewayUpdatePhase> = new Set(['soaking', 'confirming']);

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

/** `0.23.4 → 0.24.0, installed`, as far as the versions are known. */
export function gatewayUpdateName({ fromVersion, toVersion, outcome }: GatewayReceipt): string {
  const versions = fromVersion !== null && toVersion !== null;
  const step = versions ? `${fromVersion} → ${toVersion}, ` : '';
  return step + words.gatewayOutcomes[outcome];
}

/** What the updater wrote, as a clause: `it worked (1a2b3c4d → 5e6f7a8b)`. */
export function ownReceiptName(own: OwnReceipt): string {
  const { good, unchanged, reason, before, after } = own;
  const { ownReceipts } = words;
  const what = unchanged ? ownReceipts.unchanged : ownReceipts.failed;
  if (!good) return reason === null ? what : ownReceipts.because(what, reason);
  if (before === null || after === null || before === after) return ownReceipts.worked;
  return ownReceipts.workedFrom(shortName(before), shortName(after));
}

/** Eight letters of a commit are enough to know it. */
function shortName(name: string): string {
  return /^[0-9a-f]{16,}$/.test(name) ? name.slice(0, 8) : name;
}

/** What a user chooses, in the order in which it is offered. */
export const updateWhenChoices = [
  'ask',
  'idle',
  'night',
  'never',
] as const satisfies readonly UpdateWhen[];

/** Which of its choices a view has; `ask` for one of a later version. */
export function updateWhenOf({
  updateWhen,
}: {
  readonly updateWhen?: string | undefined;
}): UpdateWhen {
  return updateWhenChoices.find((one) => one === updateWhen) ?? 'ask';
}

/** A clause; null when nothing is waited for. */
export function updateWaitName(waits: string | undefined): string | null {
  switch (waits) {
    case 'quiet':
    case 'night':
    case 'later':
      return words.updateWaits[waits];
    default:
      return null;
  }
}

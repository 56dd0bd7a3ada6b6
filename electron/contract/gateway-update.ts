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
import type { UpdateWhen } from './profile-update.ts';
import { attemptIdSchema, outcomeSchema, receiptGatewaySchema } from './receipt.ts';

const table = {
  checking: 'It is asked whether the update can be done. Nothing is stopped yet.',
  rehearsing: 'The new version is tried beside the running one. Nothing is stopped yet.',
  stopping: 'The gateway is being stopped.',
  copying: 'A copy is made, so that the old version can come back.',
  installing: 'The new version is being installed.',
  proving: 'The gateway is started and has to answer.',
  soaking: 'The new version runs, and has to stay well for a while.',
  confirming: 'The new version runs. The old one comes back unless you keep the new one.',
  'rolling-back': 'Something went wrong. The old version is being brought back.',
} as const satisfies Readonly<Record<string, string>>;

export type GatewayUpdatePhase = keyof typeof table;
/** What is done in a phase, as a sentence. */
export const gatewayUpdateSentences: Readonly<Record<GatewayUpdatePhase, string>> = table;
/** Object.keys knows only that they are strings. */
const phaseNames = Object.keys(table) as readonly GatewayUpdatePhase[];

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

/** How an update of a gateway ended, in a word. */
const gatewayOutcomeName: Readonly<Record<GatewayReceipt['outcome'], string>> = {
  back: 'installed',
  committed: 'installed',
  'put-back': 'undone',
  failed: 'failed',
};

/** `0.23.4 → 0.24.0, installed`, as far as the versions are known. */
export function gatewayUpdateName({ fromVersion, toVersion, outcome }: GatewayReceipt): string {
  const versions = fromVersion !== null && toVersion !== null;
  const step = versions ? `${fromVersion} → ${toVersion}, ` : '';
  return step + gatewayOutcomeName[outcome];
}

/** What the updater wrote, as a clause: `it worked (1a2b3c4d → 5e6f7a8b)`. */
export function ownReceiptName(own: OwnReceipt): string {
  const { good, unchanged, reason, before, after } = own;
  const what = unchanged ? 'it changed nothing' : 'it did not work';
  if (!good) return reason === null ? what : `${what}: ${reason}`;
  if (before === null || after === null || before === after) return 'it worked';
  return `it worked (${shortName(before)} → ${shortName(after)})`;
}

/** Eight letters of a commit are enough to know it. */
function shortName(name: string): string {
  return /^[0-9a-f]{16,}$/.test(name) ? name.slice(0, 8) : name;
}

/** What a user chooses, and what an update that begins by itself waits for. In plain words. */
export const updateWhenNames: readonly { readonly value: UpdateWhen; readonly label: string }[] = [
  { value: 'ask', label: 'When I ask for it' },
  { value: 'idle', label: 'By itself, when it has nothing to do' },
  { value: 'night', label: 'By itself, at night, when it has nothing to do' },
  { value: 'never', label: 'Never, and don’t look for them' },
];

/** Which of its choices a view has; `ask` for one of a later version. */
export function updateWhenOf({
  updateWhen,
}: {
  readonly updateWhen?: string | undefined;
}): UpdateWhen {
  return updateWhenNames.find(({ value }) => value === updateWhen)?.value ?? 'ask';
}

/** A clause; null when nothing is waited for. */
export function updateWaitName(waits: string | undefined): string | null {
  switch (waits) {
    case 'quiet':
      return 'it will be installed when the gateway has had nothing to do for a while';
    case 'night':
      return 'it will be installed at night, when the gateway has nothing to do';
    case 'later':
      return 'the last update did not work; it will be tried again tomorrow';
    default:
      return null;
  }
}

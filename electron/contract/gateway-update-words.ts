/** What is said of a gateway's update, and what may be chosen about it. Free of schemas, for the window. */
import { words } from '../words/spoken.ts';
import type { GatewayReceipt, GatewayUpdatePhase, OwnReceipt } from './gateway-update.ts';
import type { UpdateWhen } from './profile-update.ts';

/** In these the new version serves already: the user may keep it, or have the old one back. */
export const undecidedPhases: ReadonlySet<GatewayUpdatePhase> = new Set(['soaking', 'confirming']);

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

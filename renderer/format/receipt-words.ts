/** The receipt in words: only what it records, never more than was proved. */
import type { Receipt, ReceiptGateway } from '../../electron/contract/receipt.ts';
import { list } from './size.ts';
import { span } from './time.ts';

/** The longest time any gateway was away; null when none was stopped. */
function longestAbsence(receipt: Receipt): number | null {
  const times = receipt.gateways
    .filter(({ stopRequestedAt }) => stopRequestedAt !== null)
    .map(({ absenceMs }) => absenceMs)
    .filter((ms) => ms !== null);
  return times.length > 0 ? Math.max(...times) : null;
}

/** What can be said of all gateways together: who was set back, else the weakest proof. */
function proofWords(receipt: Receipt): string {
  const restored = receipt.gateways.filter(({ result }) => result === 'restored');
  if (restored.length > 0) {
    const names = list(restored.map(({ name }) => name));
    return `${names} ${restored.length === 1 ? 'runs its' : 'run their'} old version`;
  }
  const replaced = receipt.gateways.filter(({ result }) => result === 'replaced');
  if (replaced.length === 0) return '';
  if (replaced.every(({ proof }) => proof === 'verified')) return 'new build verified';
  if (replaced.every(({ proof }) => proof === 'verified' || proof === 'healthy')) {
    return 'healthy again';
  }
  return 'running again';
}

/** The outcome in one line: `Back after 0.4 s — new build verified`. */
export function receiptHeadline(receipt: Receipt): string {
  const away = longestAbsence(receipt);
  switch (receipt.outcome) {
    case 'back':
    case 'committed': {
      const what =
        receipt.gateways.length === 0
          ? 'Updated'
          : away === null
            ? 'Updated without stopping anything'
            : `Back after ${span(away)}`;
      const proof = proofWords(receipt);
      return proof === '' ? what : `${what} — ${proof}`;
    }
    case 'put-back':
      return 'The update was undone — everything runs as before';
    case 'failed': {
      const down = receipt.gateways.filter(({ result }) => result === 'down');
      return down.length === 0
        ? 'The update failed'
        : `The update failed — ${list(down.map(({ name }) => name))} ${down.length === 1 ? 'is' : 'are'} not running`;
    }
  }
}

/** The sentence below the headline. */
export function receiptSummary(receipt: Receipt): string {
  const step = `Holdfast ${receipt.fromVersion} → ${receipt.toVersion}`;
  switch (receipt.outcome) {
    case 'back':
      return `${step}. It counts as done once everything has stayed healthy for a while.`;
    case 'committed': {
      const back = receipt.steps.find(({ name }) => name === 'back')?.at ?? null;
      const soak = receipt.committedAt && back ? receipt.committedAt - back : 0;
      return soak > 0
        ? `${step}. Committed after ${span(soak)} of healthy running.`
        : `${step}. Committed: everything stayed healthy.`;
    }
    case 'put-back':
      return `Holdfast stayed at ${receipt.fromVersion}; ${receipt.toVersion} was not kept.`;
    case 'failed':
      return `${step} did not work out.`;
  }
}

export const RESULT_NAME: Readonly<Record<ReceiptGateway['result'], string>> = {
  kept: 'Kept running',
  replaced: 'Replaced',
  restored: 'Old one restored',
  'stopped-by-user': 'Stopped, as you left it',
  down: 'Not running',
};

export const OUTCOME_NAME: Readonly<Record<Receipt['outcome'], string>> = {
  back: 'Back',
  committed: 'Committed',
  'put-back': 'Undone',
  failed: 'Failed',
};

/** `app-stopped` → `App stopped`; names that are words already stay as they are. */
export function stepName(name: string): string {
  const words = name.replace(/[-_.]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The receipt in words: only what it records, never more than was shown. */
import type {
  ClientView,
  Receipt,
  ReceiptGateway,
  ReceiptStep,
  StepName,
} from '../../electron/contract/receipt.ts';
import type { Tone } from '../../electron/contract/words.ts';
import { words } from '../../electron/words/spoken.ts';
import { list, span } from './quantities.ts';

/** How an update ended, and how it went for a gateway: how much attention that wants. */
export const outcomeTones: Readonly<Record<Receipt['outcome'], Tone>> = {
  back: 'good',
  committed: 'good',
  'put-back': 'warning',
  failed: 'bad',
};

export const resultTones: Readonly<Record<ReceiptGateway['result'], Tone>> = {
  kept: 'good',
  replaced: 'good',
  restored: 'warning',
  'stopped-by-user': 'idle',
  down: 'bad',
};

/** What clients met while a gateway was away. */
export function clientWords({ refused, longestWaitMs }: ClientView): string {
  const wait = span(longestWaitMs);
  return refused === 0 ? words.receipts.noneRefused(wait) : words.receipts.refused(wait);
}

/** The longest time any gateway was away; null when none was stopped. */
function longestAbsence(receipt: Receipt): number | null {
  const times = receipt.gateways
    .filter(({ stopRequestedAt }) => stopRequestedAt !== null)
    .map(({ absenceMs }) => absenceMs)
    .filter((ms) => ms !== null);
  return times.length > 0 ? Math.max(...times) : null;
}

/** What can be said of all gateways together: which were rolled back, else the weakest proof. */
function proofWords(receipt: Receipt): string {
  const restored = receipt.gateways.filter(({ result }) => result === 'restored');
  if (restored.length > 0) {
    return words.receipts.oldAgain(restored.map(({ name }) => name));
  }
  const replaced = receipt.gateways.filter(({ result }) => result === 'replaced');
  if (replaced.length === 0) return '';
  if (replaced.every(({ proof }) => proof === 'verified')) return words.receipts.newAnswers;
  if (replaced.every(({ proof }) => proof === 'verified' || proof === 'healthy')) {
    return words.receipts.healthyAgain;
  }
  return words.receipts.runningAgain;
}

/** The outcome in one line: `Back after 0.4s — the new version answers`. */
export function receiptHeadline(receipt: Receipt): string {
  switch (receipt.outcome) {
    case 'back':
    case 'committed':
      return updatedHeadline(receipt);
    case 'put-back':
      return words.receipts.undone;
    case 'failed': {
      const down = receipt.gateways.filter(({ result }) => result === 'down');
      if (down.length === 0) return words.receipts.failed;
      return words.receipts.failedWithout(down.map(({ name }) => name));
    }
  }
}

function updatedHeadline(receipt: Receipt): string {
  if (receipt.gateways.length === 0) return words.receipts.updated;
  const away = longestAbsence(receipt);
  const what = away === null ? words.receipts.nothingStopped : words.receipts.backAfter(span(away));
  const proof = proofWords(receipt);
  return proof === '' ? what : words.receipts.proved(what, proof);
}

/** The sentence below the headline. */
export function receiptSummary(receipt: Receipt): string {
  const step = `Holdfast ${receipt.fromVersion} → ${receipt.toVersion}`;
  switch (receipt.outcome) {
    case 'back':
      return words.receipts.notDoneYet(step);
    case 'committed': {
      const back = receipt.steps.find(({ name }) => name === 'back')?.at ?? null;
      const soak = receipt.committedAt && back ? receipt.committedAt - back : 0;
      return soak > 0 ? words.receipts.doneAfter(step, span(soak)) : words.receipts.done(step);
    }
    case 'put-back':
      return words.receipts.stayed(receipt.fromVersion, receipt.toVersion);
    case 'failed':
      return words.receipts.didNotWork(step);
  }
}

/** A step in words. Steps about a gateway have its id in their detail, before a colon. */
export function describeStep(
  { name, detail = '' }: ReceiptStep,
  gateways: readonly Pick<ReceiptGateway, 'id' | 'name' | 'policy'>[],
): { readonly text: string; readonly detail: string } {
  const text = Object.hasOwn(words.steps, name) ? words.steps[name as StepName] : asWords(name);
  if (!text.includes('…')) return { text, detail };
  if (name === 'releasing') {
    const stopped = gateways.filter(({ policy }) => policy === 'release').map((one) => one.name);
    return { text: text.replace('…', () => list(stopped) || words.receipts.someGateways), detail };
  }
  const [id = '', ...rest] = detail.split(': ');
  const gateway = gateways.find((one) => one.id === id)?.name ?? id;
  return { text: text.replace('…', () => gateway), detail: rest.join(': ') };
}

/** `app-stopped` → `App stopped`: a step that only another version knows. */
function asWords(name: string): string {
  const said = name.replace(/[-_.]+/g, ' ').trim();
  return said.charAt(0).toUpperCase() + said.slice(1);
}

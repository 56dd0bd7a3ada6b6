/** The receipt in words: only what it records, never more than was shown. */
import type {
  ClientView,
  Receipt,
  ReceiptGateway,
  ReceiptStep,
  StepName,
} from '../../electron/contract/receipt.ts';
import type { Tone } from '../../electron/contract/words.ts';
import { list, span } from './quantities.ts';

interface Words {
  readonly name: string;
  readonly tone: Tone;
}

export const outcomeWords: Readonly<Record<Receipt['outcome'], Words>> = {
  back: { name: 'Checking…', tone: 'good' },
  committed: { name: 'Done', tone: 'good' },
  'put-back': { name: 'Undone', tone: 'warning' },
  failed: { name: 'Failed', tone: 'bad' },
};

export const resultWords: Readonly<Record<ReceiptGateway['result'], Words>> = {
  kept: { name: 'Kept running', tone: 'good' },
  replaced: { name: 'Updated', tone: 'good' },
  restored: { name: 'Old version again', tone: 'warning' },
  'stopped-by-user': { name: 'Stopped, as you left it', tone: 'idle' },
  down: { name: 'Not running', tone: 'bad' },
};

/** What clients met while a gateway was away. */
export function clientWords({ refused, longestWaitMs }: ClientView): string {
  const wait = span(longestWaitMs);
  return refused === 0 ? `none refused, waited ${wait} at most` : `refused for up to ${wait}`;
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
    const names = list(restored.map(({ name }) => name));
    return `${names} ${restored.length === 1 ? 'runs its' : 'run their'} old version`;
  }
  const replaced = receipt.gateways.filter(({ result }) => result === 'replaced');
  if (replaced.length === 0) return '';
  if (replaced.every(({ proof }) => proof === 'verified')) return 'the new version answers';
  if (replaced.every(({ proof }) => proof === 'verified' || proof === 'healthy')) {
    return 'healthy again';
  }
  return 'running again';
}

/** The outcome in one line: `Back after 0.4s — the new version answers`. */
export function receiptHeadline(receipt: Receipt): string {
  switch (receipt.outcome) {
    case 'back':
    case 'committed':
      return updatedHeadline(receipt);
    case 'put-back':
      return 'The update was undone — everything runs as before';
    case 'failed': {
      const down = receipt.gateways.filter(({ result }) => result === 'down');
      if (down.length === 0) return 'The update failed';
      const names = list(down.map(({ name }) => name));
      return `The update failed — ${names} ${down.length === 1 ? 'is' : 'are'} not running`;
    }
  }
}

function updatedHeadline(receipt: Receipt): string {
  if (receipt.gateways.length === 0) return 'Updated';
  const away = longestAbsence(receipt);
  const what = away === null ? 'Updated without stopping anything' : `Back after ${span(away)}`;
  const proof = proofWords(receipt);
  return proof === '' ? what : `${what} — ${proof}`;
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
        ? `${step}. Done: everything stayed healthy for ${span(soak)}.`
        : `${step}. Done: everything stayed healthy.`;
    }
    case 'put-back':
      return `Holdfast stayed at ${receipt.fromVersion}; ${receipt.toVersion} was not kept.`;
    case 'failed':
      return `${step} did not work out.`;
  }
}

/** `…` stands for the gateways that the step is about. */
const stepWords: Readonly<Record<StepName, string>> = {
  prepared: 'Plan written',
  armed: 'Background service ready',
  rehearsing: 'Trying the new version of …',
  rehearsed: 'The new version of … answered',
  'rehearsal-failed': 'The new version of … did not serve',
  releasing: 'Stopping …',
  'gateway-stopped': '… stopped',
  released: 'Files free',
  'handed-over': 'Background service took over',
  installing: 'Installing',
  installed: 'Installed',
  'app-gone': 'Holdfast closed',
  'files-compared': 'New files checked',
  'command-started': 'Update command of … started',
  'command-done': 'Update command of … ended',
  swapping: 'Replacing …',
  proved: '… is healthy',
  'not-proved': '… is not healthy',
  'app-launching': 'Opening Holdfast',
  'app-launched': 'Holdfast started',
  'app-started': 'Holdfast is open',
  back: 'Everything is back',
  soaked: 'Everything stayed healthy',
  'app-left': 'Holdfast was closed',
  'app-lost': 'Holdfast ended unexpectedly',
  'soak-problem': 'Something is wrong',
  'putting-back': 'Undoing the update',
  'files-restored': 'Old files are back',
  'new-app-ended': 'New Holdfast closed',
  'old-app-failed': 'The old Holdfast did not open',
  resumed: '… starts as usual',
  committed: 'Done',
  'put-back': 'Undone',
  failed: 'Failed',
};

/** A step in words. Steps about a gateway have its id in their detail, before a colon. */
export function describeStep(
  { name, detail = '' }: ReceiptStep,
  gateways: readonly Pick<ReceiptGateway, 'id' | 'name' | 'policy'>[],
): { readonly text: string; readonly detail: string } {
  const words = Object.hasOwn(stepWords, name) ? stepWords[name as StepName] : asWords(name);
  if (!words.includes('…')) return { text: words, detail };
  if (name === 'releasing') {
    const stopped = gateways.filter(({ policy }) => policy === 'release').map((one) => one.name);
    return { text: words.replace('…', list(stopped) || 'gateways'), detail };
  }
  const [id = '', ...rest] = detail.split(': ');
  const gateway = gateways.find((one) => one.id === id)?.name ?? id;
  return { text: words.replace('…', () => gateway), detail: rest.join(': ') };
}

/** `app-stopped` → `App stopped`: a step that only another version knows. */
function asWords(name: string): string {
  const words = name.replace(/[-_.]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

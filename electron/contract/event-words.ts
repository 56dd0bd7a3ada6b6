/** The history of a gateway in plain sentences, for window and command line alike. */
import type {
  EventKind,
  EventStatus,
  EventSummary,
  GatewayEvent,
  StartReason,
  WatchReason,
} from './events.ts';
import type { EndedBy } from './gateway.ts';
import { duration } from './words.ts';

/** What a stretch of time is called. */
export const statusName: Readonly<Record<EventStatus, string>> = {
  up: 'Running',
  unwell: 'Not healthy',
  down: 'Down',
  off: 'Stopped',
  unknown: 'Not known',
};

/** An event as one sentence, without its time. One of another version is shown by its own words. */
export function eventSentence(event: GatewayEvent): string {
  return sentences.get(event.kind)?.(event) ?? unknownSentence(event);
}

/** Why a gateway is as it is after the event; a sentence. */
export function statusReason(event: GatewayEvent): string {
  return reasons.get(event.kind) ?? eventSentence(event);
}

/** Whether something went wrong: such events are marked. */
export function isTrouble(event: GatewayEvent): boolean {
  if (event.kind === 'ended') return event.status === 'down' && event.by?.cause !== 'update';
  if (event.kind === 'updated') return event.outcome === 'put-back' || event.outcome === 'failed';
  return troubles.has(event.kind);
}

const troubles: ReadonlySet<string> = new Set<EventKind>(['hung', 'overdue', 'unwell', 'failed']);

const table: Readonly<Record<EventKind, (event: GatewayEvent) => string>> = {
  watching: ({ why, version }) =>
    `${watchReasons.get(why ?? '') ?? 'Holdfast looks after it'}${version ? ` (Holdfast ${version})` : ''}.`,
  unwatched: ({ why }) => `${unwatchReasons.get(why ?? '') ?? 'Nobody looks after it any more'}.`,
  started: startSentence,
  adopted: () => 'It ran already, and Holdfast took it over without a restart.',
  ready: ({ tookMs }) => `Ready${tookMs === undefined ? '' : ` after ${seconds(tookMs)}`}.`,
  ended: endSentence,
  hung: ({ problem }) => problem?.message ?? 'It no longer answered, so it is replaced.',
  overdue: ({ problem }) => problem?.message ?? 'It was not ready in time, so it is replaced.',
  unwell: ({ problem }) => problem?.message ?? 'It is not healthy.',
  recovered: () => 'Healthy again.',
  failed: ({ problem }) => problem?.message ?? 'It can’t be started.',
  stopped: ({ by }) => (by ? `Stopped ${requestWords(by)}.` : 'Not wanted to run.'),
  released: () => 'Kept stopped for an update.',
  external: ({ owner }) => `${owner ?? 'Someone else'} runs it; Holdfast only watches.`,
  updated: updateSentence,
  'profile-changed': ({ changed }) => `Its profile was changed: ${(changed ?? []).join(', ')}.`,
  'profile-removed': () => 'Removed from Holdfast.',
  asleep: ({ ms }) => `The machine slept${ms === undefined ? '' : ` for ${duration(ms)}`}.`,
  'left-out': ({ count, restarts }) =>
    `${count ?? 'Some'} entries were left out to save space${restarts ? `, with ${restarts} restarts` : ''}.`,
};
const sentences: ReadonlyMap<string, (event: GatewayEvent) => string> = new Map(
  Object.entries(table),
);

/** Why it does not serve yet: says less than the end before it. */
export const startingReason = 'Starting.';

/** Where the sentence of the event itself would not fit a stretch of time. */
const reasons: ReadonlyMap<string, string> = new Map<EventKind, string>([
  ['ready', 'Running.'],
  ['recovered', 'Running.'],
  ['external', 'Running.'],
  ['started', startingReason],
  ['asleep', 'The machine slept.'],
]);

const startReasons: Readonly<Record<StartReason, string>> = {
  boot: 'Started, because the machine was started',
  watcher: 'Started, because Holdfast’s background service started',
  added: 'Started, because it was added',
  user: 'Started',
  crash: 'Started again',
  asked: 'Started again, as it had asked for',
  hung: 'Started again, because it no longer answered',
  overdue: 'Started again, because it was not ready in time',
  update: 'Started after an update',
  retry: 'Started: another try',
  'owner-gone': 'Started, because nobody else runs it any more',
  'not-quit': 'Started again, because Holdfast was not quit',
};
const startWords: ReadonlyMap<string, string> = new Map(Object.entries(startReasons));

function startSentence({ why, by, attempt }: GatewayEvent): string {
  const words = startWords.get(why ?? '') ?? 'Started';
  const who = why === 'user' && by ? ` ${requestWords(by)}` : '';
  const tries = attempt !== undefined && attempt > 1 ? ` (try ${attempt})` : '';
  return `${words}${who}${tries}.`;
}

function endSentence({ by, reason, signal, code }: GatewayEvent): string {
  const how = reason ?? (signal ? `ended by ${signal}` : `exit code ${code ?? 'unknown'}`);
  switch (by?.cause) {
    case 'itself':
      return code === 0 ? `It ended by itself: ${how}.` : `It crashed: ${how}.`;
    case undefined:
      return signal
        ? `It was ended by ${signal}; who sent that is not known.`
        : `It ended: ${how}.`;
    case 'shutdown':
      return 'Ended with the system.';
    default:
      return `${capital(how)}.`;
  }
}

function updateSentence({ what, from, to, outcome, awayMs, problem }: GatewayEvent): string {
  const subject = what === 'holdfast' ? 'Holdfast was updated' : 'Updated';
  const versions = `${from ? ` from ${from}` : ''}${to ? ` to ${to}` : ''}`;
  const away = awayMs ? ` It was away for ${seconds(awayMs)}.` : '';
  if (outcome === 'put-back' || outcome === 'failed') {
    const whose = what === 'holdfast' ? 'The update of Holdfast' : 'The update';
    const how = outcome === 'failed' ? 'failed' : 'was undone';
    return `${whose}${to ? ` to ${to}` : ''} ${how}.${problem ? ` ${problem.message}` : ''}${away}`;
  }
  return `${subject}${versions}.${away}`;
}

const watchReasons: ReadonlyMap<string, string> = new Map<WatchReason, string>([
  ['boot', 'The machine was started, and Holdfast looks after it'],
  ['started', 'Holdfast’s background service started'],
  ['added', 'Holdfast looks after it from now on'],
  ['succession', 'A newer background service took over'],
  ['taken-back', 'The background service took it back'],
]);

const unwatchReasons: ReadonlyMap<string, string> = new Map<WatchReason, string>([
  ['succession', 'The background service handed over to a newer one'],
  ['retired', 'The background service ended, as it was asked to'],
  ['signal', 'The background service was ended by the system or by another program'],
  ['idle', 'The background service ended, because there was nothing left to do'],
]);

/** Where the user asked; other words are from another version. */
const through: ReadonlyMap<string, string> = new Map([
  ['window', ' in the window'],
  ['tray', ' in the tray'],
  ['command-line', ' on the command line'],
]);

function requestWords(by: EndedBy | NonNullable<GatewayEvent['by']>): string {
  if (by.cause === 'user') return `by you${through.get(by.through ?? '') ?? ''}`;
  if (by.cause === 'quit') return 'with all gateways, because you quit Holdfast';
  return by.cause === 'update' ? 'for an update' : 'by Holdfast';
}

/** What this version does not know, by the words that were written, without our own bookkeeping. */
function unknownSentence({ kind, seq: _, at: _at, up: _up, ...rest }: GatewayEvent): string {
  const facts = Object.entries(rest).filter(([, value]) => value !== undefined);
  const told = facts.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(facts))}`;
  return `“${kind}”, as another version of Holdfast calls it${told}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `0.4 s` while short, then as a duration. */
function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : duration(ms);
}

/** `Up 99.98 % of the time, away for 4s at most, 2 restarts.` */
export function summaryWords({ availability, longestAbsence, restarts }: EventSummary): string {
  if (availability === null) return 'It was not to run, or nobody watched it.';
  const absence = longestAbsence
    ? `away for ${seconds(longestAbsence.to - longestAbsence.from)} at most`
    : 'never away';
  const again = restarts === 0 ? 'no' : restarts;
  return `Up ${percent(availability)} of the time, ${absence}, ${again} restart${restarts === 1 ? '' : 's'}.`;
}

/** `100 %`, `99.98 %`: never rounded up to a hundred. */
function percent(share: number): string {
  if (share >= 100) return '100 %';
  const digits = share >= 99 ? 2 : 1;
  const scale = 10 ** digits;
  return `${(Math.floor(share * scale) / scale).toFixed(digits)} %`;
}

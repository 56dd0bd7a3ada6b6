/** The history of a gateway in plain sentences, for window and command line alike. */
import { en } from '../words/en/index.ts';
import { words } from '../words/spoken.ts';
import type { Words } from '../words/words.ts';
import type { EventKind, EventStatus, EventSummary, GatewayEvent } from './events.ts';
import type { EndedBy } from './gateway.ts';
import { duration } from './words.ts';

/** What a stretch of time is called; a status of a later version by its own word. */
export function statusName(status: EventStatus | (string & {})): string {
  return named(words.eventStates, status) ?? status;
}

/** What `table` says of `key`: events of other versions have other keys. */
function named<T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** An event as one sentence, without its time. One of another version is shown by its own words. */
export function eventSentence(event: GatewayEvent): string {
  return sentences.get(event.kind)?.(event) ?? unknownSentence(event);
}

/** Why a gateway is as it is after the event; a sentence. */
export function statusReason(event: GatewayEvent): string {
  return reasons.get(event.kind)?.(words) ?? eventSentence(event);
}

/** What no event says of a stretch of time. */
const withoutEvent = ['nobodyWatched', 'machineOff', 'notWanted', 'notRecorded'] as const;

/** Why a gateway was like that for a stretch of time, in the language that is spoken; a sentence. */
export function segmentReason({ reason, event }: EventSummary['segments'][number]): string {
  if (event) return statusReason(event);
  const known = withoutEvent.find((one) => en.events[one] === reason);
  return known ? words.events[known] : reason;
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
    words.events.watching(
      named(words.watchReasons, why) ?? words.watchReasons.other,
      version || undefined,
    ),
  unwatched: ({ why }) =>
    words.events.unwatched(named(words.unwatchReasons, why) ?? words.unwatchReasons.other),
  started: startSentence,
  adopted: () => words.events.adopted,
  ready: ({ tookMs }) => words.events.ready(tookMs === undefined ? null : seconds(tookMs)),
  ended: endSentence,
  hung: ({ problem }) => problem?.message ?? words.events.hung,
  overdue: ({ problem }) => problem?.message ?? words.events.overdue,
  unwell: ({ problem }) => problem?.message ?? words.events.unwell,
  recovered: () => words.events.recovered,
  failed: ({ problem }) => problem?.message ?? words.events.failed,
  stopped: ({ by }) =>
    by ? words.events.stopped(requestWords(words, by)) : words.events.notWanted,
  released: () => words.events.released,
  external: ({ owner }) => words.events.external(owner),
  updated: updateSentence,
  'profile-changed': ({ changed }) => words.events.profileChanged(changed ?? []),
  'profile-removed': () => words.events.profileRemoved,
  asleep: ({ ms }) => words.events.asleep(ms === undefined ? null : duration(ms)),
  'left-out': ({ count, restarts }) => words.events.leftOut(count, restarts ?? 0),
};
const sentences: ReadonlyMap<string, (event: GatewayEvent) => string> = new Map(
  Object.entries(table),
);

/** Where the sentence of the event itself would not fit a stretch of time. */
const reasons: ReadonlyMap<string, (spoken: Words) => string> = new Map<
  EventKind,
  (spoken: Words) => string
>([
  ['ready', ({ events }) => events.running],
  ['recovered', ({ events }) => events.running],
  ['external', ({ events }) => events.running],
  ['started', ({ events }) => events.starting],
  ['asleep', ({ events }) => events.asleep(null)],
]);

function startSentence({ why, by, attempt }: GatewayEvent): string {
  const reason = named(words.startReasons, why) ?? words.startReasons.other;
  const request = why === 'user' && by ? requestWords(words, by) : null;
  return words.events.started(
    reason,
    request,
    attempt !== undefined && attempt > 1 ? attempt : null,
  );
}

function endSentence(event: GatewayEvent): string {
  const { by, signal, code } = event;
  const how = exitWords(event);
  switch (by?.cause) {
    case 'itself':
      return code === 0 ? words.events.endedByItself(how) : words.events.crashed(how);
    case undefined:
      return signal ? words.events.endedBySignal(signal) : words.events.ended(how);
    case 'shutdown':
      return words.events.endedWithSystem;
    default:
      return `${capital(how)}.`;
  }
}

/** What is known of an end: by an event, and by a view's last exit. */
type End = Pick<GatewayEvent, 'by' | 'reason' | 'signal' | 'code'>;

/**
 * How it ended, as part of a sentence. It was written in English; what is no more than its facts is said in the
 * language that is spoken, and what a program has said stays as it is.
 */
export function exitWords(end: End): string {
  const spoken = endings(words, end);
  if (end.reason === undefined) return spoken.plain;
  const at = endings(en, end).all.indexOf(end.reason);
  return spoken.all[at] ?? end.reason;
}

/** All that the facts of an end may be called, in one order for every language. */
function endings({ exits, ...spoken }: Words, { by, signal, code }: End) {
  const ofCode = typeof code === 'number' ? exits.code(code) : exits.codeUnknown;
  const plain = signal ? exits.signal(signal) : ofCode;
  const request = requestWords(spoken, by ?? null);
  return {
    plain,
    all: [
      plain,
      exits.stopped(request),
      exits.restarted(request),
      exits.background,
      exits.ownCommand,
      exits.memory.known,
      exits.memory.likely,
      exits.memory.possible,
    ],
  };
}

function updateSentence({ what, from, to, outcome, awayMs, problem }: GatewayEvent): string {
  const own = what === 'holdfast';
  const away = awayMs ? [words.events.away(seconds(awayMs))] : [];
  if (outcome === 'put-back' || outcome === 'failed') {
    const how = words.events.notUpdated(own, to ?? null, outcome === 'failed');
    return [how, ...(problem ? [problem.message] : []), ...away].join(' ');
  }
  return [words.events.updated(own, from ?? null, to ?? null), ...away].join(' ');
}

/** At whose request; `null`: Holdfast's own. */
export function requestWords(
  { requests }: Pick<Words, 'requests'>,
  by: (Pick<EndedBy, 'through'> & { readonly cause: string }) | null,
): string {
  if (by?.cause === 'user') return named(requests.userThrough, by.through) ?? requests.user;
  if (by?.cause === 'quit') return requests.quit;
  return by?.cause === 'update' ? requests.update : requests.holdfast;
}

/** What this version does not know, by the words that were written, without our own bookkeeping. */
function unknownSentence({ kind, seq: _, at: _at, up: _up, ...rest }: GatewayEvent): string {
  const facts = Object.entries(rest).filter(([, value]) => value !== undefined);
  const told = facts.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(facts))}`;
  return words.events.unknown(kind, told);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `0.4 s` while short, then as a duration. */
export function seconds(ms: number): string {
  return ms < 10_000 ? words.quantities.seconds(words.number(ms / 1_000, 1)) : duration(ms);
}

/** `Up 99.98 % of the time, away for 4s at most, 2 restarts.` */
export function summaryWords({ availability, longestAbsence, restarts }: EventSummary): string {
  if (availability === null) return words.summaries.never;
  const absence = longestAbsence && seconds(longestAbsence.to - longestAbsence.from);
  return words.summaries.all(percent(availability), absence, restarts);
}

/** `100 %`, `99.98 %`: never rounded up to a hundred. */
function percent(share: number): string {
  const digits = share >= 100 ? 0 : share >= 99 ? 2 : 1;
  const scale = 10 ** digits;
  const shown = Math.min(100, Math.floor(share * scale) / scale);
  return words.quantities.percent(words.number(shown, digits));
}

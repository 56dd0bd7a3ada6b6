/** `holdfast events`: the history of a gateway in plain sentences. Its file is read: no watcher is needed. */
import { existsSync } from 'node:fs';
import { sentenceOf } from '../contract/define.ts';
import { eventSentence, summaryWords } from '../contract/event-words.ts';
import type { EventSummary, GatewayEvent } from '../contract/events.ts';
import { cliExit } from '../contract/exit-codes.ts';
import { redact } from '../contract/redact.ts';
import { duration } from '../contract/words.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readHistory } from '../gateway/events/event-log.ts';
import { summarize } from '../gateway/events/summary.ts';
import { systemUptimeMs } from '../process/index.ts';
import { jsonOf } from './as-json.ts';
import { knownOrLeft } from './gateway-names.ts';
import { stamp } from './log-times.ts';
import type { EventsCommand } from './requests.ts';
import { findWatcher, notServing } from './serving-watcher.ts';
import type { Voice } from './voice.ts';

export async function events(
  state: StateFolder,
  { gateway, sinceMs, follow, json }: EventsCommand,
  { print, warn }: Voice,
): Promise<number> {
  const { id, name } = await knownOrLeft(state, gateway, (left) =>
    existsSync(state.eventFile(left)),
  );
  const history = readHistory(state.eventFile(id));
  const to = Date.now();
  const from = to - sinceMs;
  const shown = history.events.filter(({ at }) => at >= from);
  const up = (await isWatched(state, warn)) ? systemUptimeMs() : null;
  const summary = summarize(history.events, { from, to }, { now: to, up });
  const { damaged } = history;
  const onEvent = (event: GatewayEvent): void =>
    print(json ? jsonOf(state, { id, event }, 0) : eventLines(event));
  if (!json) print(linesOf(name, { summary, shown, damaged, sinceMs }));
  else if (follow) for (const event of shown) onEvent(event);
  else print(jsonOf(state, { id, summary, events: shown, damaged }));
  if (!follow) return cliExit.ok;
  const { followEvents } = await import('./follow-events.ts');
  return followEvents(state, id, history.events.at(-1)?.seq ?? 0, { onEvent, warn });
}

/** Without a watcher that serves, what was last known of a gateway says nothing about now. */
async function isWatched(state: StateFolder, warn: Voice['warn']): Promise<boolean> {
  try {
    const connection = await findWatcher(state);
    connection?.close();
    if (connection === null) warn(notServing);
    return connection !== null;
  } catch (error) {
    warn(sentenceOf(error));
    return false;
  }
}

interface Shown {
  readonly summary: EventSummary;
  readonly shown: readonly GatewayEvent[];
  readonly damaged: number;
  readonly sinceMs: number;
}

function linesOf(name: string, { summary, shown, damaged, sinceMs }: Shown): string {
  const lines = shown.map(eventLines);
  const lost = damaged === 1 ? 'One line' : `${damaged} lines`;
  return [
    `${name}, the last ${duration(sinceMs)}: ${summaryWords(summary)}`,
    ...(lines.length > 0 ? lines : ['Nothing happened in that time.']),
    ...(damaged > 0 ? [`${lost} of its history can’t be read.`] : []),
  ].join('\n');
}

function eventLines(event: GatewayEvent): string {
  return [
    `${stamp(event.at)}  ${eventSentence(event)}`,
    ...(event.output ?? []).map((line) => `${' '.repeat(21)}| ${line}`),
  ]
    .map((line) => redact(line))
    .join('\n');
}

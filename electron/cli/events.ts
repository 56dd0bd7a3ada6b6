/** `holdfast events`: the history of a gateway in plain sentences. Its file is read: no watcher is needed. */
import * as z from 'zod/mini';
import { sentenceOf } from '../contract/define.ts';
import { eventSentence, summaryWords } from '../contract/event-words.ts';
import type { EventSummary, GatewayEvent } from '../contract/events.ts';
import { cliExit } from '../contract/exit-codes.ts';
import { profileIdSchema } from '../contract/profile.ts';
import { redact } from '../contract/redact.ts';
import { duration } from '../contract/words.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { type History, readHistory } from '../gateway/events/event-log.ts';
import { summarize } from '../gateway/events/summary.ts';
import { loadProfiles } from '../gateway/profiles/profiles.ts';
import { systemUptimeMs } from '../process/index.ts';
import { jsonOf } from './describe.ts';
import { findWatcher } from './doctor/inspect-watcher.ts';
import type { Answer } from './status.ts';

export interface EventsAsked {
  readonly id: string;
  readonly sinceMs: number;
  readonly json: boolean;
}

export async function events(
  state: StateFolder,
  { id, sinceMs, json }: EventsAsked,
): Promise<Answer> {
  const profile = loadProfiles(state.profiles).profiles.find((one) => one.id === id);
  const valid = z.safeParse(profileIdSchema, id).success;
  const history: History = valid ? readHistory(state.eventFile(id)) : { events: [], damaged: 0 };
  if (!profile && history.events.length === 0) {
    return { text: `There is no history of a gateway called "${id}".`, code: cliExit.failed };
  }
  const to = Date.now();
  const from = to - sinceMs;
  const shown = history.events.filter(({ at }) => at >= from);
  const up = (await isWatched(state)) ? systemUptimeMs() : null;
  const summary = summarize(history.events, { from, to }, { now: to, up });
  const text = json
    ? jsonOf({ id, summary, events: shown, damaged: history.damaged })
    : linesOf(profile?.name ?? id, { summary, shown, damaged: history.damaged, sinceMs });
  return { text, code: cliExit.ok };
}

/** Without a watcher that serves, what was last known of a gateway says nothing about now. */
async function isWatched(state: StateFolder): Promise<boolean> {
  try {
    const connection = await findWatcher(state);
    connection?.close();
    return connection !== null;
  } catch (error) {
    process.stderr.write(`holdfast: ${sentenceOf(error)}\n`);
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
  const lines = shown.flatMap((event) => [
    `${timeOf(event.at)}  ${eventSentence(event)}`,
    ...(event.output ?? []).map((line) => `${' '.repeat(21)}| ${line}`),
  ]);
  const lost = damaged === 1 ? 'One line' : `${damaged} lines`;
  return [
    `${name}, the last ${duration(sinceMs)}: ${summaryWords(summary)}`,
    ...(lines.length > 0 ? lines : ['Nothing happened in that time.']),
    ...(damaged > 0 ? [`${lost} of its history can’t be read.`] : []),
  ]
    .map((line) => redact(line))
    .join('\n');
}

/** `2026-11-29 14:02:31`, as clocks here show it. */
function timeOf(at: number): string {
  return new Date(at).toLocaleString('sv-SE');
}

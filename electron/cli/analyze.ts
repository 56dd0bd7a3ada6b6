/**
 * `holdfast analyze`: why did its start take so long? The steps of its newest start beside those of the good ones
 * before it, from its history: no watcher is needed.
 */
import { existsSync } from 'node:fs';
import { eventSentence } from '../contract/event-words.ts';
import type { GatewayEvent } from '../contract/events.ts';
import { cliExit } from '../contract/exit-codes.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readHistory } from '../gateway/events/event-log.ts';
import { jsonOf } from './as-json.ts';
import { knownOrLeft } from './gateway-names.ts';
import { stamp } from './log-times.ts';
import type { Answer } from './voice.ts';

/** Milliseconds from the beginning of a start; null: not seen. In the order in which they happen. */
export interface Steps {
  readonly output: number | null;
  readonly open: number | null;
  readonly answer: number | null;
  readonly ready: number | null;
}

export interface Start {
  /** Epoch milliseconds. */
  readonly at: number;
  /** A `StartReason`. */
  readonly why: string | null;
  readonly steps: Steps;
}

export interface Analysis {
  readonly start: Start | null;
  /** Medians of the good starts before it. */
  readonly usual: Steps | null;
  readonly slowest: {
    readonly step: string;
    readonly ms: number;
    readonly usualMs: number | null;
  } | null;
}

const stepNames = [
  ['output', 'first output'],
  ['open', 'port open'],
  ['answer', 'first answer'],
  ['ready', 'ready'],
] as const satisfies readonly (readonly [keyof Steps, string])[];

/** Good starts that tell what is usual. */
const comparedStarts = 5;

export async function analyze(
  state: StateFolder,
  { gateway, json }: { readonly gateway: string; readonly json: boolean },
): Promise<Answer> {
  const { id, name } = await knownOrLeft(state, gateway, (left) =>
    existsSync(state.eventFile(left)),
  );
  const analysis = analysisOf(readHistory(state.eventFile(id)).events);
  const text = json ? jsonOf(state, { id, ...analysis }) : linesOf(name, analysis).join('\n');
  return { text, code: cliExit.ok };
}

/** Pure. `events`: oldest first. */
export function analysisOf(events: readonly GatewayEvent[]): Analysis {
  const starts = startsIn(events);
  const start = starts.at(-1) ?? null;
  const good = starts
    .slice(0, -1)
    .filter(({ steps }) => steps.ready !== null)
    .slice(-comparedStarts);
  const usual = good.length > 0 ? medians(good.map(({ steps }) => steps)) : null;
  return { start, usual, slowest: start && slowestStep(start.steps, usual) };
}

function startsIn(events: readonly GatewayEvent[]): Start[] {
  const starts: Start[] = [];
  let open: Start | null = null;
  for (const event of events) {
    if (event.kind === 'started') {
      open = { at: event.at, why: event.why ?? null, steps: stepsOf(undefined, null) };
      starts.push(open);
    } else if (event.kind === 'ready' && open && starts.at(-1) === open) {
      const ready = event.tookMs ?? event.at - open.at;
      starts[starts.length - 1] = { ...open, steps: stepsOf(event.marks, ready) };
      open = null;
    } else if (event.kind === 'ended' || event.kind === 'adopted') open = null;
  }
  return starts;
}

function stepsOf(marks: GatewayEvent['marks'], ready: number | null): Steps {
  return {
    output: marks?.outputMs ?? null,
    open: marks?.openMs ?? null,
    answer: marks?.answerMs ?? null,
    ready,
  };
}

function medians(all: readonly Steps[]): Steps {
  const of = (step: keyof Steps): number | null => {
    const seen = all.flatMap((one) => one[step] ?? []).sort((a, b) => a - b);
    return seen[Math.floor((seen.length - 1) / 2)] ?? null;
  };
  return { output: of('output'), open: of('open'), answer: of('answer'), ready: of('ready') };
}

/** How long each step took after the one before it that was seen. */
function lengths(steps: Steps): Map<string, number> {
  const seen = stepNames
    .flatMap(([step, name]) => {
      const at = steps[step];
      return at === null ? [] : [{ name, at }];
    })
    .sort((a, b) => a.at - b.at);
  return new Map(seen.map(({ name, at }, n) => [name, at - (seen[n - 1]?.at ?? 0)]));
}

function slowestStep(steps: Steps, usual: Steps | null): Analysis['slowest'] {
  const [slowest] = [...lengths(steps)].sort(([, a], [, b]) => b - a);
  if (!slowest) return null;
  const [step, ms] = slowest;
  return { step, ms, usualMs: usual ? (lengths(usual).get(step) ?? null) : null };
}

function linesOf(name: string, { start, usual, slowest }: Analysis): string[] {
  if (start === null) return [`No start of ${name} is in its history.`];
  const rows = stepNames.flatMap(([step, label]) => {
    const [now, before] = [start.steps[step], usual?.[step] ?? null];
    if (now === null && before === null) return [];
    return [
      `  ${label.padEnd(14)}${seconds(now).padStart(10)}${usual ? seconds(before).padStart(10) : ''}`,
    ];
  });
  const { at, why } = start;
  const started = eventSentence({ kind: 'started', seq: 1, at, ...(why === null ? {} : { why }) });
  return [
    `${name}, ${stamp(at)}: ${started}`,
    `  ${''.padEnd(14)}${'this start'.padStart(10)}${usual ? 'usual'.padStart(10) : ''}`,
    ...rows,
    ...(start.steps.ready === null ? ['It was not ready.'] : []),
    ...(slowest ? [slowestWords(slowest)] : []),
  ];
}

function slowestWords({ step, ms, usualMs }: NonNullable<Analysis['slowest']>): string {
  const usual = usualMs === null ? '' : ` (usually ${seconds(usualMs)})`;
  return `The slowest step: until “${step}”, ${seconds(ms)}${usual}.`;
}

function seconds(ms: number | null): string {
  if (ms === null) return '–';
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/**
 * `holdfast analyze`: why did its start take so long? The steps of its newest start beside those of the good ones
 * before it, from its history: no watcher is needed.
 */
import { existsSync } from 'node:fs';
import { eventSentence } from '../contract/event-words.ts';
import { cliExit } from '../contract/exit-codes.ts';
import { type Analysis, analysisOf, type Step, startSteps } from '../contract/start-analysis.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readHistory } from '../gateway/events/event-log.ts';
import { jsonOf } from './as-json.ts';
import { knownOrLeft } from './gateway-names.ts';
import { stamp } from './log-times.ts';
import type { Answer } from './voice.ts';

const stepNames: Readonly<Record<Step, string>> = {
  output: 'first output',
  open: 'port open',
  answer: 'first answer',
  ready: 'ready',
};

export async function analyze(
  state: StateFolder,
  { gateway, json }: { readonly gateway: string; readonly json: boolean },
): Promise<Answer> {
  const { id, name } = await knownOrLeft(state, gateway, (left) =>
    existsSync(state.eventFile(left)),
  );
  const analysis = analysisOf(readHistory(state.eventFile(id)).events);
  const text = json
    ? jsonOf(state, { id, ...named(analysis) })
    : linesOf(name, analysis).join('\n');
  return { text, code: cliExit.ok };
}

/** The step as it is called here. */
function named({ slowest, ...others }: Analysis) {
  return { ...others, slowest: slowest && { ...slowest, step: stepNames[slowest.step] } };
}

function linesOf(name: string, { start, usual, slowest }: Analysis): string[] {
  if (start === null) return [`No start of ${name} is in its history.`];
  const rows = startSteps.flatMap((step) => {
    const label = stepNames[step];
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
  return `The slowest step: until “${stepNames[step]}”, ${seconds(ms)}${usual}.`;
}

function seconds(ms: number | null): string {
  if (ms === null) return '–';
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

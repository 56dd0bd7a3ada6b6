/** Why a start took so long: its steps beside those of the good ones before it. Pure. */
import type { GatewayEvent } from './events.ts';

/** Milliseconds from the beginning of a start; null: not seen. In the order in which they happen. */
export interface Steps {
  readonly output: number | null;
  readonly open: number | null;
  readonly answer: number | null;
  readonly ready: number | null;
}

export type Step = keyof Steps;

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
    readonly step: Step;
    readonly ms: number;
    readonly usualMs: number | null;
  } | null;
}

/** In the order in which they happen. */
export const startSteps = ['output', 'open', 'answer', 'ready'] as const satisfies readonly Step[];

/** Good starts that tell what is usual. */
const comparedStarts = 5;

/** Of the newest start. `events`: oldest first. */
export function analysisOf(events: readonly GatewayEvent[]): Analysis {
  const starts = startsIn(events).map(({ start }) => start);
  return analysisAfter(starts.slice(0, -1), starts.at(-1) ?? null);
}

/** Of each start that became ready, by the `seq` of the event that says so. `events`: oldest first. */
export function analysesOf(events: readonly GatewayEvent[]): ReadonlyMap<number, Analysis> {
  const found = startsIn(events);
  const starts = found.map(({ start }) => start);
  return new Map(
    found.flatMap(({ start, ready }, at) =>
      ready === null ? [] : [[ready, analysisAfter(starts.slice(0, at), start)] as const],
    ),
  );
}

function analysisAfter(before: readonly Start[], start: Start | null): Analysis {
  const good = before.filter(({ steps }) => steps.ready !== null).slice(-comparedStarts);
  const usual = good.length > 0 ? medians(good.map(({ steps }) => steps)) : null;
  return { start, usual, slowest: start && slowestStep(start.steps, usual) };
}

/** `ready`: the `seq` of the event that says that it was; null when none does. */
function startsIn(events: readonly GatewayEvent[]): { start: Start; ready: number | null }[] {
  const starts: { start: Start; ready: number | null }[] = [];
  let open: Start | null = null;
  for (const event of events) {
    if (event.kind === 'started') {
      open = { at: event.at, why: event.why ?? null, steps: stepsOf(undefined, null) };
      starts.push({ start: open, ready: null });
    } else if (event.kind === 'ready' && open) {
      const start = { ...open, steps: stepsOf(event.marks, event.tookMs ?? event.at - open.at) };
      starts[starts.length - 1] = { start, ready: event.seq };
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
function lengths(steps: Steps): Map<Step, number> {
  const seen = startSteps
    .flatMap((step) => {
      const at = steps[step];
      return at === null ? [] : [{ step, at }];
    })
    .sort((a, b) => a.at - b.at);
  return new Map(seen.map(({ step, at }, n) => [step, at - (seen[n - 1]?.at ?? 0)]));
}

function slowestStep(steps: Steps, usual: Steps | null): Analysis['slowest'] {
  const [slowest] = [...lengths(steps)].sort(([, a], [, b]) => b - a);
  if (!slowest) return null;
  const [step, ms] = slowest;
  return { step, ms, usualMs: usual ? (lengths(usual).get(step) ?? null) : null };
}

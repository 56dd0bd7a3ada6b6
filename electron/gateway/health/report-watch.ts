/** Reads a gateway's report again and again, together with the other checks, and judges it. */
import { repeat } from '../probes/shared-timer.ts';
import type { Finding } from './judgement.ts';
import { type Reading, type Reporter, readReport } from './report.ts';

export interface ReportWatch extends Reporter {
  readonly name: string;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Only when it says something else than before; null: it says nothing. */
  onReport(reading: Reading | null): void;
  onFinding(finding: Finding): void;
  /** After every check; null: it says nothing. */
  onChecked(reading: Reading | null): void;
}

/** Reads it now and from then on. */
export function watchReport(watch: ReportWatch): void {
  const { clock, spec, signal } = watch;
  let lastText = '';
  repeat(clock, spec.everyMs, signal, async () => {
    const reading = await readReport(watch);
    if (signal.aborted) return;
    watch.onChecked(reading);
    const text = JSON.stringify(reading);
    if (text === lastText) return;
    lastText = text;
    watch.onReport(reading);
    watch.onFinding(judgeReport(reading, watch));
  });
}

/** A degraded gateway is shown as such and left running; silence is no problem by itself. */
export function judgeReport(
  reading: Reading | null,
  { name, spec }: Pick<ReportWatch, 'name' | 'spec'>,
): Finding {
  const { state, reason } = reading?.report ?? {};
  if (state === undefined || !spec.degraded?.includes(state)) return { type: 'well' };
  const why = reason === undefined ? '.' : `: ${reason}`;
  return { type: 'problem', problem: { message: `${name} says that it is ${state}${why}` } };
}

/** Reads a gateway's report again and again, together with the other looks, and judges it. */
import type { Finding } from './judgement.ts';
import { lookTimer } from './look-timer.ts';
import { type Reading, type Reporter, readReport } from './report.ts';

export interface ReportWatch extends Reporter {
  readonly name: string;
  /** Only when it says something else than before; null: it says nothing. */
  onReport(reading: Reading | null): void;
  onFinding(finding: Finding): void;
  /** After every look; null: it says nothing. */
  onLook?(reading: Reading | null): void;
}

/** Reads it now and from then on. Returns the function that ends it. */
export function watchReport(watch: ReportWatch): () => void {
  const timer = lookTimer(watch.clock);
  let over = false;
  let said = '';
  let forget = (): void => {};
  const look = async (): Promise<void> => {
    try {
      const reading = await readReport(watch);
      if (over) return;
      watch.onLook?.(reading);
      const text = JSON.stringify(reading);
      if (text === said) return;
      said = text;
      watch.onReport(reading);
      watch.onFinding(judgeReport(reading, watch));
    } finally {
      if (!over) forget = timer.after(watch.spec.everyMs, () => void look());
    }
  };
  void look();
  return () => {
    over = true;
    forget();
  };
}

/** Degraded is shown and not ended for; to say nothing is not trouble by itself. */
export function judgeReport(
  reading: Reading | null,
  { name, spec }: Pick<ReportWatch, 'name' | 'spec'>,
): Finding {
  const { state, reason } = reading?.report ?? {};
  if (state === undefined || !spec.degraded?.includes(state)) return { type: 'well' };
  const why = reason === undefined ? '.' : `: ${reason}`;
  return { type: 'complaint', problem: { message: `${name} says that it is ${state}${why}` } };
}

/** How a gateway was lately, on its page: the last 24 hours as a strip, and what they come to. */

import { summaryWords } from '../../../electron/contract/event-words.ts';
import type { EventSummary } from '../../../electron/contract/events.ts';
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useSummary } from '../../store/history.ts';
import { Card } from '../../ui/card.tsx';
import { Strip } from '../../ui/strip.tsx';

export const dayMs = 86_400_000;

export function HistoryCard({ gateway }: { readonly gateway: GatewayView }) {
  const summary = useSummary(gateway.id, dayMs);
  return (
    <Card title={words.history.day} testId="history">
      <DayStrip gateway={gateway} summary={summary} />
      <p className="history-line" data-testid="history-line">
        {summary === null ? ' ' : summaryWords(summary)}
      </p>
    </Card>
  );
}

interface DayStripProps {
  readonly gateway: Pick<GatewayView, 'name'>;
  /** By `useSummary(gateway.id, dayMs)`. */
  readonly summary: EventSummary | null;
  /** For a row in a list; its place in the order of Tab. */
  readonly inList?: { readonly tabIndex: 0 | -1 };
}

/** The strip alone. */
export function DayStrip({ gateway, summary, inList }: DayStripProps) {
  return (
    <Strip
      compact={inList !== undefined}
      {...inList}
      label={words.history.dayOf(gateway.name)}
      segments={summary?.segments ?? []}
      testId="day-strip"
    />
  );
}

/** What happened to a gateway: by day, newest first, each event a sentence, with what it printed folded away. */

import { useMemo } from 'react';
import { eventSentence, isTrouble } from '../../../electron/contract/event-words.ts';
import type { GatewayEvent } from '../../../electron/contract/events.ts';
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { type Analysis, analysesOf } from '../../../electron/contract/start-analysis.ts';
import { words } from '../../../electron/words/spoken.ts';
import { clockLocale } from '../../format/quantities.ts';
import { useEvents } from '../../store/history.ts';
import { useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Details } from '../../ui/card.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { StartSteps } from './start-steps.tsx';

export function HistoryPanel({ gateway }: { readonly gateway: GatewayView }) {
  const { events, error, more, damaged, showOlder } = useEvents(gateway.id);
  // They come newest first.
  const analyses = useMemo(() => analysesOf([...(events ?? [])].reverse()), [events]);
  return (
    <div className="page" data-testid="history-panel">
      {error !== null && (
        <p>
          <Foreign>{error}</Foreign>
        </p>
      )}
      {events?.length === 0 && <p>{words.history.nothing}</p>}
      {daysOf(events ?? []).map(({ day, ofDay }) => (
        <Card key={day} title={day}>
          <ol className="history-events">
            {ofDay.map((event) => (
              <EventLine
                key={event.seq}
                event={event}
                id={gateway.id}
                analysis={analyses.get(event.seq)}
              />
            ))}
          </ol>
        </Card>
      ))}
      {damaged > 0 && <p className="history-line">{words.history.damaged(damaged)}</p>}
      {more && (
        <div className="history-older">
          <Button onClick={showOlder} testId="history-older">
            {words.history.older}
          </Button>
        </div>
      )}
    </div>
  );
}

interface EventLineProps {
  readonly event: GatewayEvent;
  readonly id: string;
  /** Of the start that this event ends; undefined for any other event. */
  readonly analysis: Analysis | undefined;
}

function EventLine({ event, id, analysis }: EventLineProps) {
  const { showInLog } = useHoldfast();
  const trouble = isTrouble(event);
  const output = event.output ?? [];
  return (
    <li className="history-event" data-kind={event.kind} data-testid="history-event">
      <time dateTime={new Date(event.at).toISOString()}>{timeOf(event.at)}</time>
      <span className="history-mark" aria-hidden="true">
        {trouble ? '▲' : ''}
      </span>
      <p>
        {trouble && <span className="visually-hidden">{words.history.problem} </span>}
        {eventSentence(event)}
      </p>
      {analysis && <StartSteps analysis={analysis} />}
      {output.length > 0 && (
        <Details title={words.trouble.printed} testId="history-output">
          <pre className="last-output">{output.join('\n')}</pre>
          <Button kind="quiet" onClick={() => showInLog(id, event)}>
            {words.common.showInLog}
          </Button>
        </Details>
      )}
    </li>
  );
}

/** Newest first, as they come. */
function daysOf(events: readonly GatewayEvent[]) {
  const days: { day: string; ofDay: GatewayEvent[] }[] = [];
  for (const event of events) {
    const day = new Date(event.at).toLocaleDateString(clockLocale(), {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
    });
    const last = days.at(-1);
    if (last?.day === day) last.ofDay.push(event);
    else days.push({ day, ofDay: [event] });
  }
  return days;
}

function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString(clockLocale(), {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

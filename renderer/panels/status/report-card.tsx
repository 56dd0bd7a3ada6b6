/** What a gateway says of itself: how busy it is, and how its parts are. */
import type { GatewayReport } from '../../../electron/contract/gateway.ts';
import type { Tone } from '../../store/selectors.ts';
import { Dot } from '../../ui/badge.tsx';
import { Card, Fact, Facts } from '../../ui/card.tsx';

/** Words that gateways use for their parts; any other is shown without a judgement. */
const TONES: Readonly<Record<string, Tone>> = {
  connected: 'good',
  running: 'good',
  ready: 'good',
  ok: 'good',
  connecting: 'busy',
  reconnecting: 'warning',
  degraded: 'warning',
  error: 'bad',
  failed: 'bad',
  fatal: 'bad',
};

export function ReportCard({ report }: { readonly report: GatewayReport }) {
  const { state, busy, reason, parts } = report;
  const saysNothing = state === undefined && busy === undefined && reason === undefined;
  if (saysNothing && parts.length === 0) return null;
  return (
    <Card title="It says" testId="report">
      <Facts>
        {state !== undefined && (
          <Fact name="Its state" testId="report-state">
            {state}
          </Fact>
        )}
        {busy !== undefined && (
          <Fact name="At work on" testId="report-busy">
            {busy === 0 ? 'Nothing' : `${busy} ${busy === 1 ? 'task' : 'tasks'}`}
          </Fact>
        )}
        {reason !== undefined && (
          <Fact name="Because" wide testId="report-reason">
            {reason}
          </Fact>
        )}
      </Facts>
      {parts.length > 0 && (
        <ul className="parts" aria-label="Its parts">
          {parts.map((part) => (
            <li key={part.name} className="part" data-testid={`part-${part.name}`}>
              <Dot tone={part.attention ? 'bad' : (TONES[part.state] ?? 'idle')} />
              <span className="part-name">{part.name}</span>
              <span className="part-state">{part.state}</span>
              {part.message !== undefined && <small className="part-message">{part.message}</small>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

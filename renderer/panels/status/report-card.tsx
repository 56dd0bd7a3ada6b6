/** A gateway's own report: how busy it is, and how its parts are. */
import type { GatewayReport } from '../../../electron/contract/gateway.ts';
import { partName, partTone } from '../../../electron/contract/words.ts';
import { Card, Fact, Facts } from '../../ui/card.tsx';
import { Shape } from '../../ui/shape.tsx';

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
          <Fact name="Working on" testId="report-busy">
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
              <Shape tone={partTone(part)} />
              <span className="part-name">{partName(part)}</span>
              <span className="part-state">{part.state}</span>
              {part.message !== undefined && <small className="part-message">{part.message}</small>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** A gateway's own report: how busy it is, and how its parts are. */

import type { GatewayReport } from '../../../electron/contract/gateway.ts';
import { partName, partTone } from '../../../electron/contract/words.ts';
import { words } from '../../../electron/words/spoken.ts';
import { Card, Fact, Facts } from '../../ui/card.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Shape } from '../../ui/shape.tsx';

export function ReportCard({ report }: { readonly report: GatewayReport }) {
  const { state, busy, reason, parts } = report;
  const saysNothing = state === undefined && busy === undefined && reason === undefined;
  if (saysNothing && parts.length === 0) return null;
  return (
    <Card title={words.ownReport.title} testId="report">
      <Facts>
        {state !== undefined && (
          <Fact name={words.ownReport.state} testId="report-state">
            <Foreign>{state}</Foreign>
          </Fact>
        )}
        {busy !== undefined && (
          <Fact name={words.ownReport.busy} testId="report-busy">
            {busy === 0 ? words.ownReport.nothing : words.ownReport.tasks(busy)}
          </Fact>
        )}
        {reason !== undefined && (
          <Fact name={words.ownReport.because} wide testId="report-reason">
            <Foreign>{reason}</Foreign>
          </Fact>
        )}
      </Facts>
      {parts.length > 0 && (
        <ul className="parts" aria-label={words.ownReport.parts}>
          {parts.map((part) => (
            <li key={part.name} className="part" data-testid={`part-${part.name}`}>
              <Shape tone={partTone(part)} />
              <span className="part-name">{partName(part)}</span>
              <span className="part-state">
                <Foreign>{part.state}</Foreign>
              </span>
              {part.message !== undefined && (
                <small className="part-message">
                  <Foreign>{part.message}</Foreign>
                </small>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

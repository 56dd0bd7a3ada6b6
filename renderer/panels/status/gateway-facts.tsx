/** The facts of one gateway, as far as they are known; what few people need is under Technical details. */
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { moment } from '../../format/quantities.ts';
import { rungName } from '../../format/rung-name.ts';
import { proofMeaning } from '../../format/words.ts';
import { useNow } from '../../store/clock.ts';
import { useHoldfast } from '../../store/hooks.ts';
import { identityOf } from '../../store/selectors.ts';
import { IconButton } from '../../ui/button.tsx';
import { Card, Details, Fact, Facts } from '../../ui/card.tsx';

export function GatewayFacts({ gateway }: { readonly gateway: GatewayView }) {
  const { state, lastExit, port, restarts } = gateway;
  return (
    <Card title="Details">
      <Facts>
        {state.status === 'external' && (
          <Fact name="Run by" testId="fact-owner">
            {state.owner.name}
          </Fact>
        )}
        {port !== undefined && (
          <Fact name="Port" mono testId="fact-port">
            {port}
          </Fact>
        )}
        <Fact name="Restarts" testId="fact-restarts">
          {restarts === 0 ? 'none' : restarts}
        </Fact>
        <Fact name="Last stop" testId="fact-last-exit">
          {lastExit ? <LastExit at={lastExit.at} reason={lastExit.reason} /> : 'none seen'}
        </Fact>
        {gateway.escape && (
          <Fact name="Keeps running when Holdfast closes" testId="fact-escape">
            {words.survival[gateway.escape.proof]}
          </Fact>
        )}
      </Facts>
      <TechnicalFacts gateway={gateway} />
    </Card>
  );
}

function TechnicalFacts({ gateway }: { readonly gateway: GatewayView }) {
  const { send } = useHoldfast();
  const { state, build, logFile } = gateway;
  const pid = state.status === 'external' ? state.owner.pid : identityOf(gateway)?.pid;
  return (
    <Details>
      <Facts>
        {pid !== undefined && (
          <Fact name="Process" mono testId="fact-pid">
            {pid}
          </Fact>
        )}
        {build !== undefined && (
          <Fact name="Build" mono testId="fact-build">
            {build}
          </Fact>
        )}
        {'startedAt' in state && (
          <Fact name="Started" testId="fact-started">
            <Moment at={state.startedAt} />
          </Fact>
        )}
        {state.status === 'running' && (
          <Fact name="Checked" wide testId="fact-proof">
            {words.proofs[state.proof]}
            <small className="fact-more">{proofMeaning[state.proof]}</small>
          </Fact>
        )}
        {gateway.escape && (
          <Fact name="Lives outside the app as" wide>
            {rungName(gateway.escape.rung)}
            <small className="fact-more">{gateway.escape.detail}</small>
          </Fact>
        )}
        <Fact name="Log file" wide mono testId="fact-log-file">
          <span className="with-action">
            <span className="path" title={logFile}>
              {logFile}
            </span>
            <IconButton
              icon="folder"
              label="Show log file"
              onClick={() => void send('log.reveal', { id: gateway.id })}
            />
          </span>
        </Fact>
      </Facts>
    </Details>
  );
}

function Moment({ at }: { readonly at: number }) {
  return moment(at, useNow());
}

function LastExit({ at, reason }: { readonly at: number; readonly reason: string }) {
  return (
    <>
      {reason}
      <small className="fact-more">
        <Moment at={at} />
      </small>
    </>
  );
}

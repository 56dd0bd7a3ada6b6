/** The facts of one gateway. What is not known is said so with a dash, never guessed. */
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { duration, moment } from '../../format/time.ts';
import {
  escapeName,
  POLICY_MEANING,
  POLICY_NAME,
  PROOF_MEANING,
  PROOF_NAME,
  stateName,
} from '../../format/words.ts';
import { useNow } from '../../store/clock.ts';
import { useHoldfast } from '../../store/hooks.ts';
import { identityOf } from '../../store/selectors.ts';
import { IconButton } from '../../ui/button.tsx';
import { Card, Fact, Facts } from '../../ui/card.tsx';

const UNKNOWN = '—';

export function GatewayFacts({ gateway }: { readonly gateway: GatewayView }) {
  const { send } = useHoldfast();
  const { state, lastExit, port, build, restarts, policy, logFile } = gateway;
  const elsewhere = state.status === 'elsewhere';
  const pid = elsewhere ? state.owner.pid : identityOf(gateway)?.pid;
  const proof = state.status === 'running' ? state.proof : null;
  return (
    <Card title="Details">
      <Facts>
        <Fact name="State" testId="fact-state">
          {stateName(gateway)}
        </Fact>
        <Fact name="Uptime" testId="fact-uptime">
          {'startedAt' in state ? <Uptime since={state.startedAt} /> : UNKNOWN}
        </Fact>
        <Fact name="Restarts" testId="fact-restarts">
          {restarts === 0 ? 'None' : restarts}
        </Fact>
        <Fact name="Process" mono testId="fact-pid">
          {pid ?? UNKNOWN}
        </Fact>
        <Fact name="Port" mono testId="fact-port">
          {port ?? UNKNOWN}
        </Fact>
        <Fact name="Proof" testId="fact-proof">
          {proof ? <span title={PROOF_MEANING[proof]}>{PROOF_NAME[proof]}</span> : UNKNOWN}
        </Fact>
        <Fact name="Build" mono testId="fact-build">
          {build ?? UNKNOWN}
        </Fact>
        <Fact name="During an update" testId="fact-policy">
          <span title={`It ${POLICY_MEANING[policy]}.`}>{POLICY_NAME[policy]}</span>
        </Fact>
        <Fact name="Last end" testId="fact-last-exit">
          {lastExit ? <LastExit at={lastExit.at} reason={lastExit.reason} /> : 'None seen'}
        </Fact>
        {elsewhere && (
          <Fact name="Run by" testId="fact-owner">
            {state.owner.name}
          </Fact>
        )}
        {gateway.escape && (
          <Fact name="Outside the app" wide testId="fact-escape">
            <span title={gateway.escape.detail}>{escapeName(gateway.escape)}</span>
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
    </Card>
  );
}

function Uptime({ since }: { readonly since: number }) {
  return duration(useNow() - since);
}

function LastExit({ at, reason }: { readonly at: number; readonly reason: string }) {
  return (
    <>
      {reason.charAt(0).toUpperCase() + reason.slice(1)}
      <small className="fact-more">{moment(at, useNow())}</small>
    </>
  );
}

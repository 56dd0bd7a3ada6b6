/** The facts of one gateway, as far as they are known; what few people need is under Technical details. */
import { exitWords } from '../../../electron/contract/event-words.ts';
import type { GatewayExit, GatewayView } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { moment } from '../../format/quantities.ts';
import { rungName } from '../../format/rung-name.ts';
import { useNow } from '../../store/clock.ts';
import { useHoldfast } from '../../store/hooks.ts';
import { identityOf } from '../../store/selectors.ts';
import { IconButton } from '../../ui/button.tsx';
import { Card, Details, Fact, Facts } from '../../ui/card.tsx';
import { Foreign } from '../../ui/foreign.tsx';

export function GatewayFacts({ gateway }: { readonly gateway: GatewayView }) {
  const { state, lastExit, port, restarts } = gateway;
  return (
    <Card title={words.facts.title}>
      <Facts>
        {state.status === 'external' && (
          <Fact name={words.facts.runBy} testId="fact-owner">
            {state.owner.name}
          </Fact>
        )}
        {port !== undefined && (
          <Fact name={words.profile.port} mono testId="fact-port">
            {port}
          </Fact>
        )}
        <Fact name={words.facts.restarts} testId="fact-restarts">
          {restarts === 0 ? words.facts.noRestarts : words.number(restarts)}
        </Fact>
        <Fact name={words.facts.lastStop} testId="fact-last-exit">
          {lastExit ? <LastExit exit={lastExit} /> : words.facts.noStop}
        </Fact>
        {gateway.escape && (
          <Fact name={words.service.survives} testId="fact-escape">
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
          <Fact name={words.service.process} mono testId="fact-pid">
            {pid}
          </Fact>
        )}
        {build !== undefined && (
          <Fact name={words.about.build} mono testId="fact-build">
            {build}
          </Fact>
        )}
        {'startedAt' in state && (
          <Fact name={words.facts.started} testId="fact-started">
            <Moment at={state.startedAt} />
          </Fact>
        )}
        {state.status === 'running' && (
          <Fact name={words.facts.checked} wide testId="fact-proof">
            {words.proofs[state.proof]}
            <small className="fact-more">{words.facts.proofs[state.proof]}</small>
          </Fact>
        )}
        {gateway.escape && (
          <Fact name={words.service.livesAs} wide>
            {rungName(gateway.escape.rung)}
            <small className="fact-more">
              <Foreign>{gateway.escape.detail}</Foreign>
            </small>
          </Fact>
        )}
        <Fact name={words.facts.logFile} wide mono testId="fact-log-file">
          <span className="with-action">
            <span className="path" title={logFile}>
              {logFile}
            </span>
            <IconButton
              icon="folder"
              label={words.facts.showLogFile}
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

function LastExit({ exit }: { readonly exit: GatewayExit }) {
  return (
    <>
      {exitWords(exit)}
      <small className="fact-more">
        <Moment at={exit.at} />
      </small>
    </>
  );
}

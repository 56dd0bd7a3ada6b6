/** One gateway at a glance: its state in words, what can be done about it, and the facts. */
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { stateExplanation } from '../../format/words.ts';
import { useApp } from '../../store/hooks.ts';
import { identityOf, toneOf } from '../../store/selectors.ts';
import { Dot } from '../../ui/badge.tsx';
import { ProblemText } from '../../ui/banner.tsx';
import { GatewayActions } from './gateway-actions.tsx';
import { GatewayFacts } from './gateway-facts.tsx';
import { LastOutput } from './last-output.tsx';
import { PinnedNotice } from './pinned-notice.tsx';
import { ReportCard } from './report-card.tsx';
import { StateHeadline } from './state-headline.tsx';
import { SuggestionNotice } from './suggestion-notice.tsx';

export function StatusPanel({ gateway }: { readonly gateway: GatewayView }) {
  const connected = useApp(({ link }) => link.status === 'connected');
  const { state } = gateway;
  const identity = identityOf(gateway);
  // What is only remembered is not shown in the colours of what is known.
  const tone = connected ? toneOf(state) : 'idle';
  const explanation = stateExplanation(gateway);
  return (
    <article
      className="page"
      aria-label={gateway.name}
      data-testid="gateway"
      data-gateway={gateway.id}
      data-status={state.status}
      data-desired={gateway.desired}
      data-pid={identity?.pid}
      data-nonce={identity?.nonce}
      data-build={gateway.build}
      data-proof={state.status === 'running' ? state.proof : undefined}
      data-restarts={gateway.restarts}
    >
      <header className={`hero tone-${tone}`}>
        <div className="hero-state">
          <Dot tone={tone} large />
          <div className="hero-words">
            <h1 data-testid="gateway-name">{gateway.name}</h1>
            <StateHeadline gateway={gateway} />
            {explanation && <p className="hero-explanation">{explanation}</p>}
          </div>
        </div>
        <GatewayActions gateway={gateway} connected={connected} />
      </header>
      {'problem' in state && state.problem && (
        <ProblemText
          problem={state.problem}
          tone={state.status === 'failed' ? 'bad' : 'warning'}
          testId="gateway-problem"
        />
      )}
      <LastOutput gateway={gateway} />
      {connected && state.status === 'running' && (
        <SuggestionNotice key={`${gateway.id} ${state.identity.pid}`} gateway={gateway} />
      )}
      {gateway.pinned && (
        <PinnedNotice gateway={gateway} pinned={gateway.pinned} connected={connected} />
      )}
      {gateway.report && <ReportCard report={gateway.report} />}
      <GatewayFacts gateway={gateway} />
    </article>
  );
}

/** What is wrong with a gateway, what it printed last, and what repairs it. */

import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useGatewayActions } from '../../store/gateway-actions.ts';
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Icon } from '../../ui/icons.tsx';

export function ProblemCard({ gateway }: { readonly gateway: GatewayView }) {
  const { state, lastExit } = gateway;
  const problem = 'problem' in state ? state.problem : undefined;
  if (!problem) return null;
  const away = state.status === 'waiting' || state.status === 'failed';
  const lines = away ? (lastExit?.output ?? []) : [];
  return (
    <section
      className={`problem-card problem-${state.status === 'failed' ? 'bad' : 'warning'}`}
      aria-label={words.trouble.title}
    >
      <div className="problem-text" role="alert" data-testid="gateway-problem">
        <span className="problem-sign">
          <Icon name="warning" />
        </span>
        <div>
          <p className="problem-message">
            <Foreign>{problem.message}</Foreign>
          </p>
          {problem.hint && (
            <p className="problem-hint">
              <Foreign>{problem.hint}</Foreign>
            </p>
          )}
        </div>
      </div>
      {lines.length > 0 && (
        <figure className="last-output" data-testid="last-output">
          <figcaption>{words.trouble.printed}</figcaption>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
          <pre tabIndex={0}>{lines.join('\n')}</pre>
        </figure>
      )}
      <Repairs gateway={gateway} printed={lines.length > 0} />
    </section>
  );
}

interface RepairsProps {
  readonly gateway: GatewayView;
  /** What it printed last is shown. */
  readonly printed?: boolean;
  readonly tabIndex?: 0 | -1;
}

/** Only what can help here; Start and Restart stand elsewhere already. */
export function Repairs({ gateway, printed = false, tabIndex }: RepairsProps) {
  const { openGateway, send, showInLog } = useHoldfast();
  const { start } = useGatewayActions(gateway);
  const { id, state } = gateway;
  const moving = useBusy(`move ${id}`);
  const isRemote = state.status === 'external' && state.owner.type === 'remote';
  const failed = state.status === 'failed';
  return (
    <div className="problem-actions">
      {failed && state.problem.fix === 'port' && (
        <Button
          icon="arrow"
          disabled={!start.enabled}
          busy={moving}
          onClick={() => void send('gateway.movePort', { id }, `move ${id}`)}
          tabIndex={tabIndex}
          testId={`problem-port-${id}`}
        >
          {words.trouble.otherPort}
        </Button>
      )}
      {failed && (
        <Button
          icon="restart"
          disabled={!start.enabled}
          busy={start.busy}
          onClick={start.run}
          tabIndex={tabIndex}
          testId={`problem-retry-${id}`}
        >
          {words.common.tryAgain}
        </Button>
      )}
      {!isRemote && (
        <Button
          icon="lines"
          onClick={() => showInLog(id, (printed && gateway.lastExit) || {})}
          tabIndex={tabIndex}
          testId={printed ? 'last-output-log' : `problem-log-${id}`}
        >
          {words.common.showInLog}
        </Button>
      )}
      {failed && (
        <Button
          icon="sliders"
          onClick={() => openGateway(id, 'profile')}
          tabIndex={tabIndex}
          testId={`problem-settings-${id}`}
        >
          {words.trouble.itsSettings}
        </Button>
      )}
    </div>
  );
}

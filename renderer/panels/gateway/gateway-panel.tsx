/** One gateway: its name, its state and what can be done about it; below, its views as tabs. */

import { demoGateway } from '../../../electron/contract/demo-gateway.ts';
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { keysOf } from '../../../electron/contract/shortcuts.ts';
import { gatewayTone, stateName } from '../../../electron/contract/words.ts';
import { words } from '../../../electron/words/spoken.ts';
import { stateDetail, stateExplanation } from '../../format/words.ts';
import { useNow } from '../../store/clock.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { identityOf } from '../../store/selectors.ts';
import { type GatewayViewName, gatewayViews } from '../../store/view.ts';
import { Shape } from '../../ui/shape.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { HistoryPanel } from '../history/history-panel.tsx';
import { BrokenProfileOf } from '../home/broken-profiles.tsx';
import { LogsPanel } from '../logs/logs-panel.tsx';
import { StatusPanel } from '../status/status-panel.tsx';
import { GatewayActions } from './gateway-actions.tsx';
import { ProfilePanel } from './profile-panel.tsx';

interface Props {
  readonly gateway: GatewayView;
  readonly view: GatewayViewName;
}

export function GatewayPanel({ gateway, view }: Props) {
  const { open } = useHoldfast();
  const { state } = gateway;
  const identity = identityOf(gateway);
  const platform = useApp(({ app }) => app.platform);
  const tabs = gatewayViews.map((id) => ({
    id,
    name: words.gateway.tabs[id],
    keys: keysOf(id, platform),
  }));
  return (
    <article
      className="gateway"
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
      <Head gateway={gateway} />
      <BrokenProfileOf id={gateway.id} />
      <Tabs
        label={words.gateway.views(gateway.name)}
        tabs={tabs}
        chosen={view}
        onChoose={open}
        testId="nav"
      >
        <Content key={gateway.id} gateway={gateway} view={view} />
      </Tabs>
    </article>
  );
}

function Content({ gateway, view }: Props) {
  switch (view) {
    case 'status':
      return <StatusPanel gateway={gateway} />;
    case 'logs':
      return <LogsPanel gateway={gateway} />;
    case 'history':
      return <HistoryPanel gateway={gateway} />;
    case 'profile':
      return <ProfilePanel gateway={gateway} />;
  }
}

function Head({ gateway }: { readonly gateway: GatewayView }) {
  const connected = useApp(({ link }) => link.status === 'connected');
  // A state that is only remembered does not get the colour of a known one.
  const tone = connected ? gatewayTone(gateway) : 'idle';
  const explanation = stateExplanation(gateway);
  return (
    <header className={`hero tone-${tone}`}>
      <Shape tone={tone} large />
      <div className="hero-words">
        <h1 data-testid="gateway-name">
          {gateway.name}
          {gateway.id === demoGateway.id && <small> {words.gateway.demo}</small>}
        </h1>
        <StateHeadline gateway={gateway} />
        {explanation && <p className="hero-explanation">{explanation}</p>}
      </div>
      <GatewayActions gateway={gateway} />
    </header>
  );
}

/** `Running · healthy for 2h 13m`: the name is announced when it changes, the ticking part is not. */
function StateHeadline({ gateway }: { readonly gateway: GatewayView }) {
  const detail = stateDetail(gateway, useNow());
  return (
    <p className="state-line" data-testid="gateway-state">
      <span className="state-head">
        <strong className="state-name" role="status">
          {stateName(gateway.state)}
        </strong>
        {detail !== '' && <span aria-hidden="true"> ·</span>}
      </span>{' '}
      <span className="state-detail" data-testid="gateway-state-detail">
        {detail}
      </span>
    </p>
  );
}

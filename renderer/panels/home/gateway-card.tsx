/** One gateway on home: shape, name, state in a word, one line of truth, and what can be done. */

import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { cpuText, type Load, memoryText } from '../../../electron/contract/usage.ts';
import { gatewayTone, isTroubled, partsNeed, stateName } from '../../../electron/contract/words.ts';
import { words } from '../../../electron/words/spoken.ts';
import { truths } from '../../format/words.ts';
import { useClock } from '../../store/clock.ts';
import { type GatewayAction, useGatewayActions } from '../../store/gateway-actions.ts';
import { useSummary } from '../../store/history.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { useLoad } from '../../store/load.ts';
import { IconButton } from '../../ui/button.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Shape } from '../../ui/shape.tsx';
import { DayStrip, dayMs } from '../history/history-card.tsx';
import { Repairs } from '../status/problem-card.tsx';

interface Props {
  readonly id: string;
  /** Of the card; its buttons follow it, so that Tab goes through one card's only. */
  readonly tabIndex: 0 | -1;
}

export function GatewayCard({ id, tabIndex }: Props) {
  const gateway = useApp(({ gateways }) => gateways[id]);
  return gateway ? <Card gateway={gateway} tabIndex={tabIndex} /> : null;
}

function Card({ gateway, tabIndex }: { readonly gateway: GatewayView } & Pick<Props, 'tabIndex'>) {
  const { openGateway } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const { id, name, state } = gateway;
  const summary = useSummary(id, dayMs);
  const tone = connected ? gatewayTone(gateway) : 'idle';
  const problem = 'problem' in state && state.problem && <Foreign>{state.problem.message}</Foreign>;
  const trouble = problem || partsNeed(gateway);
  return (
    <li
      className={`home-card tone-${tone}${isTroubled(gateway) ? ' home-card-troubled' : ''}`}
      data-testid={`home-gateway-${id}`}
      data-status={state.status}
      data-tone={tone}
    >
      <div className="home-card-head">
        <Shape tone={tone} />
        <h2 className="home-card-name">
          <button
            type="button"
            className="home-open"
            tabIndex={tabIndex}
            data-roving={id}
            onClick={() => openGateway(id, 'status')}
            data-testid={`home-open-${id}`}
          >
            {name}
          </button>
        </h2>
        <Actions gateway={gateway} tabIndex={tabIndex} />
      </div>
      <Line gateway={gateway} restartsToday={summary?.restarts} />
      {trouble && (
        <>
          <p className="home-card-problem" data-testid={`home-problem-${id}`}>
            {trouble}
          </p>
          <Repairs gateway={gateway} tabIndex={tabIndex} />
        </>
      )}
      <DayStrip gateway={gateway} summary={summary} inList={{ tabIndex }} />
    </li>
  );
}

interface LineProps {
  readonly gateway: GatewayView;
  /** In the last 24 hours; undefined until it is known. */
  readonly restartsToday: number | undefined;
}

/** `Running · 3d 4h · 142 MB · 0.3 % · port 18789 · no restarts today` */
function Line({ gateway, restartsToday }: LineProps) {
  const load = useLoad(gateway.id, loadWords);
  const loads = load === null ? [] : [load];
  const rest = useClock((now) => truths(gateway, now, restartsToday, loads).join(' · '));
  return (
    <p className="home-line" data-testid={`home-line-${gateway.id}`}>
      <strong className="state-name">{stateName(gateway.state)}</strong>
      {rest !== '' && ` · ${rest}`}
    </p>
  );
}

function loadWords({ memory, cpu }: Load): string {
  return [memoryText(memory), ...(cpu === null ? [] : [cpuText(cpu)])].join(' · ');
}

function Actions({
  gateway,
  tabIndex,
}: { readonly gateway: GatewayView } & Pick<Props, 'tabIndex'>) {
  const { openGateway } = useHoldfast();
  const { start, restart, stop, update } = useGatewayActions(gateway);
  const { id, name } = gateway;
  const logs: GatewayAction = {
    name: words.home.logs,
    icon: 'lines',
    enabled: true,
    busy: false,
    run: () => openGateway(id, 'logs'),
  };
  const shown = Object.entries({ update, start, restart, stop, logs });
  return (
    <fieldset className="home-actions" aria-label={words.home.actions(name)}>
      {shown.map(
        ([key, action]) =>
          action?.enabled && (
            <IconButton
              key={key}
              icon={action.icon}
              label={words.home.action(action.name, name)}
              busy={action.busy}
              onClick={action.run}
              tabIndex={tabIndex}
              testId={`home-${key}-${id}`}
            />
          ),
      )}
    </fieldset>
  );
}

/** The way around: gateways when there are several, then the views. A bar at the top when narrow. */
import type { AppState } from '../../electron/contract/app-contract.ts';
import { stateName } from '../format/words.ts';
import { useApp, useAppList, useHoldfast, useView } from '../store/hooks.ts';
import { gatewayIds, selectedGateway, toneOf, updateMark } from '../store/selectors.ts';
import type { View } from '../store/view.ts';
import { Dot } from '../ui/badge.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';

const VIEWS: readonly { readonly view: View; readonly name: string; readonly icon: IconName }[] = [
  { view: 'status', name: 'Status', icon: 'pulse' },
  { view: 'logs', name: 'Logs', icon: 'lines' },
  { view: 'update', name: 'Updates', icon: 'download' },
  { view: 'add', name: 'Add', icon: 'plus' },
  { view: 'settings', name: 'Settings', icon: 'sliders' },
];

const MARK_MEANING: Readonly<Record<NonNullable<ReturnType<typeof updateMark>>, string>> = {
  news: 'A new version is waiting',
  busy: 'An update is under way',
  problem: 'The update needs you',
};

const selectMark = (state: AppState) => updateMark(state);

export function Sidebar() {
  const { open } = useHoldfast();
  const ids = useAppList(gatewayIds);
  const view = useView((state) => state.view);
  const mark = useApp(selectMark);
  return (
    <nav className="sidebar" aria-label="Holdfast" data-testid="sidebar">
      {ids.length > 1 && (
        <section className="side-section side-gateways" aria-label="Gateways">
          <h2 className="side-title">Gateways</h2>
          <ul>
            {ids.map((id) => (
              <GatewayItem key={id} id={id} />
            ))}
          </ul>
        </section>
      )}
      <ul className="side-views">
        {VIEWS.map(({ view: target, name, icon }) => (
          <li key={target}>
            <button
              type="button"
              className="side-item"
              aria-current={view === target ? 'page' : undefined}
              onClick={() => open(target)}
              data-testid={`nav-${target}`}
            >
              <Icon name={icon} />
              <span className="side-name">{name}</span>
              {target === 'update' && mark && (
                <span
                  className={`side-mark side-mark-${mark}`}
                  role="img"
                  aria-label={MARK_MEANING[mark]}
                  title={MARK_MEANING[mark]}
                  data-testid="update-mark"
                />
              )}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function GatewayItem({ id }: { readonly id: string }) {
  const { chooseGateway, open, view } = useHoldfast();
  const chosen = useView((state) => state.gateway);
  const inGatewayView = useView((state) => state.view === 'status' || state.view === 'logs');
  const gateway = useApp(({ gateways }) => gateways[id]);
  const selected = useApp((state) => selectedGateway(state, chosen)?.id === id);
  if (!gateway) return null;
  return (
    <li>
      <button
        type="button"
        className={`side-item side-gateway${selected ? ' side-chosen' : ''}`}
        aria-current={selected && inGatewayView ? 'true' : undefined}
        onClick={() => {
          chooseGateway(id);
          // From Updates or Settings a gateway leads to its status; between gateways the view stays.
          if (view.getState().view !== 'logs') open('status');
        }}
        data-testid={`gateway-item-${id}`}
        data-status={gateway.state.status}
      >
        <Dot tone={toneOf(gateway.state)} />
        <span className="side-name">{gateway.name}</span>
        <span className="visually-hidden">{stateName(gateway)}</span>
      </button>
    </li>
  );
}

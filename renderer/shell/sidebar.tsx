/**
 * The way around: home, the gateways in an area of their own that scrolls, and the views of the app,
 * which stay where they are. A bar at the top when narrow.
 */

import { useEffect, useRef } from 'react';
import type { AppState } from '../../electron/contract/app-contract.ts';
import { putOff } from '../../electron/contract/put-off.ts';
import type { Command } from '../../electron/contract/shortcuts.ts';
import {
  gatewayTone,
  partsNeed,
  stateName,
  type UpdateMark,
  updateFlags,
} from '../../electron/contract/words.ts';
import { words } from '../../electron/words/spoken.ts';
import {
  useApp,
  useAppList,
  useHoldfast,
  useKeys,
  useShownGatewayId,
  useShownView,
} from '../store/hooks.ts';
import { brokenProfiles, gatewayIds } from '../store/selectors.ts';
import { isGatewayView, type View } from '../store/view.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { useRoving } from '../ui/roving.ts';
import { Shape } from '../ui/shape.tsx';
import { type Arrange, useArrange } from './arrange.ts';

/** A version that its user does not want to hear of is no news. */
function updateMark({ update, settings }: AppState): UpdateMark | null {
  const { mark } = updateFlags[update.status];
  const isOffer = update.status === 'available' || update.status === 'ready';
  return isOffer && putOff(settings, update.version) !== null ? null : mark;
}

export function Sidebar() {
  const mark = useApp(updateMark);
  const broken = useApp(({ problems }) => brokenProfiles(problems).length);
  return (
    <nav className="sidebar" aria-label="Holdfast" data-testid="sidebar">
      <ul className="side-views">
        <PaletteItem />
        <ViewItem
          view="home"
          name={words.sidebar.home}
          icon="home"
          mark={broken > 0 ? 'problem' : null}
          meaning={words.sidebar.broken(broken)}
        />
      </ul>
      <Gateways />
      <ul className="side-views side-app">
        <ViewItem view="add" name={words.sidebar.add} icon="plus" />
        <ViewItem view="update" name={words.sidebar.updates} icon="download" mark={mark} />
        <ViewItem view="settings" name={words.sidebar.settings} icon="sliders" />
      </ul>
    </nav>
  );
}

/** Opens the palette, and says by which keys. */
function PaletteItem() {
  const { view } = useHoldfast();
  const keys = useKeys('palette');
  return (
    <li>
      <button
        type="button"
        className="side-item side-palette"
        aria-haspopup="dialog"
        title={`${words.commands.palette} (${keys})`}
        onClick={() => view.setState({ dialog: 'palette' })}
        data-testid="open-palette"
      >
        <Icon name="search" />
        <span className="side-name">{words.commands.palette}</span>
        <kbd>{keys}</kbd>
      </button>
    </li>
  );
}

interface ViewItemProps {
  readonly view: View & Command;
  readonly name: string;
  readonly icon: IconName;
  readonly mark?: UpdateMark | null;
  /** What the mark says; absent: what it says of an update. */
  readonly meaning?: string;
}

function ViewItem({ view, name, icon, mark = null, meaning }: ViewItemProps) {
  const { open } = useHoldfast();
  const shown = useShownView();
  const isShown = shown === view || (view === 'home' && shown === 'welcome');
  const keys = useKeys(view);
  return (
    <li>
      <button
        type="button"
        className="side-item"
        title={`${name} (${keys})`}
        aria-current={isShown ? 'page' : undefined}
        onClick={() => open(view)}
        data-testid={`nav-${view}`}
      >
        <Icon name={icon} />
        <span className="side-name">{name}</span>
        {mark && (
          <span
            className={`side-mark side-mark-${mark}`}
            role="img"
            aria-label={meaning ?? words.sidebar.marks[mark]}
            title={meaning ?? words.sidebar.marks[mark]}
            data-testid={`${view}-mark`}
          />
        )}
      </button>
    </li>
  );
}

function Gateways() {
  const ids = useAppList(gatewayIds);
  const view = useShownView();
  const selected = useShownGatewayId();
  const current = isGatewayView(view) ? selected : undefined;
  const roving = useRoving(ids, selected);
  const arrange = useArrange(ids);
  if (ids.length === 0) return <div className="side-gateways" />;
  return (
    <section className="side-gateways" aria-labelledby="side-gateways-title">
      <h2 id="side-gateways-title" className="side-title">
        {words.sidebar.gateways}
      </h2>
      <ul {...roving.list}>
        {ids.map((id) => (
          <GatewayItem
            key={id}
            id={id}
            isCurrent={id === current}
            tabIndex={roving.tabIndex(id)}
            arrange={arrange}
          />
        ))}
      </ul>
    </section>
  );
}

interface GatewayItemProps {
  readonly id: string;
  readonly isCurrent: boolean;
  readonly tabIndex: 0 | -1;
  readonly arrange: Arrange;
}

function GatewayItem({ id, isCurrent, tabIndex, arrange }: GatewayItemProps) {
  const { openGateway } = useHoldfast();
  const gateway = useApp(({ gateways }) => gateways[id]);
  const connected = useApp(({ link }) => link.status === 'connected');
  const item = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isCurrent) return;
    // In the frame, which lays out anyway.
    const frame = requestAnimationFrame(() =>
      item.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
    );
    return () => cancelAnimationFrame(frame);
  }, [isCurrent]);
  if (!gateway) return null;
  const need = partsNeed(gateway);
  const said = [stateName(gateway.state), ...(need === null ? [] : [need])].join(', ');
  return (
    <li className={arrange.target === id ? 'side-drop' : undefined} {...arrange.handlers(id)}>
      <button
        ref={item}
        type="button"
        className="side-item"
        aria-current={isCurrent ? 'page' : undefined}
        tabIndex={tabIndex}
        data-roving={id}
        onKeyDown={(event) => arrange.onKeyDown(event, id)}
        onClick={() => openGateway(id)}
        title={`${gateway.name}: ${said}\n${words.transfer.moveHint}`}
        data-testid={`gateway-item-${id}`}
        data-status={gateway.state.status}
      >
        <Shape tone={connected ? gatewayTone(gateway) : 'idle'} />
        <span className="side-name">{gateway.name}</span>
        <span className="visually-hidden">{said}</span>
      </button>
    </li>
  );
}

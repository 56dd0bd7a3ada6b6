/** Home: all gateways at a glance, those with a problem first and with what repairs them. */

import { isTroubled } from '../../../electron/contract/words.ts';
import { words } from '../../../electron/words/spoken.ts';
import { allInOne } from '../../format/words.ts';
import { useApp, useAppList, useView } from '../../store/hooks.ts';
import { gatewayIds, selectedGateway } from '../../store/selectors.ts';
import { useRoving } from '../../ui/roving.ts';
import { BrokenProfiles } from './broken-profiles.tsx';
import { GatewayCard } from './gateway-card.tsx';

export function HomePanel() {
  const ids = useAppList(gatewayIds);
  const troubled = useAppList((state) => gatewayIds(state).filter((id) => isTrouble(state, id)));
  const connected = useApp(({ link }) => link.status === 'connected');
  const title = useApp(({ gateways }) => allInOne(Object.values(gateways)));
  const chosen = useView((state) => state.gateway);
  const last = useApp((state) => selectedGateway(state, chosen)?.id);
  const rest = ids.filter((id) => !troubled.includes(id));
  const roving = useRoving(ids, troubled[0] ?? last);
  const cards = (some: readonly string[]) =>
    some.map((id) => <GatewayCard key={id} id={id} tabIndex={roving.tabIndex(id)} />);
  return (
    <article
      className="page home"
      aria-label={words.home.title}
      data-testid="home"
      data-count={ids.length}
    >
      <header className="home-head">
        <div role="status">
          {/* What is only remembered is not claimed. */}
          <h1 data-testid="home-title">{connected ? title : words.home.yours}</h1>
        </div>
      </header>
      <BrokenProfiles />
      <div className="home-lists" {...roving.list}>
        {troubled.length > 0 && (
          <ul className="home-grid" aria-label={words.home.troubled} data-testid="home-troubled">
            {cards(troubled)}
          </ul>
        )}
        {rest.length > 0 && (
          <section>
            {troubled.length > 0 && <h2 className="home-title">{words.home.rest}</h2>}
            <ul className="home-grid" aria-label={words.home.untroubled} data-testid="home-rest">
              {cards(rest)}
            </ul>
          </section>
        )}
      </div>
    </article>
  );
}

type State = Parameters<typeof gatewayIds>[0];

function isTrouble({ gateways }: State, id: string): boolean {
  const gateway = gateways[id];
  return gateway !== undefined && isTroubled(gateway);
}

/**
 * The first view, while there are no gateways: what Holdfast does, what was found on this machine, and
 * what else can be had right here. It stays while several are added.
 */

import { demoGateway } from '../../../electron/contract/demo-gateway.ts';
import type { PresetView } from '../../../electron/contract/presets.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { usePresets } from '../../store/presets.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Spinner } from '../../ui/icons.tsx';
import { ProblemText } from '../../ui/messages.tsx';
import { AddDemo } from '../add/add-buttons.tsx';
import { OfferList } from '../add/offer-list.tsx';
import { BrokenProfiles } from '../home/broken-profiles.tsx';
import { LoginSwitch } from '../settings/login-switch.tsx';
import { CommandLineHint } from './command-line-hint.tsx';

export function WelcomePanel() {
  const { open } = useHoldfast();
  const found = usePresets();
  const any = useApp(({ gateways }) => Object.keys(gateways).length > 0);
  const hasDemo = useApp(({ gateways }) => Object.hasOwn(gateways, demoGateway.id));
  const isNone = found.presets?.every((preset) => preset.found.length === 0) === true;
  return (
    <article className="page welcome" aria-label={words.welcome.view} data-testid="welcome">
      <header className="welcome-head">
        <h1>{words.welcome.title}</h1>
        <p>{words.welcome.lead}</p>
      </header>
      <BrokenProfiles />
      <FoundHere {...found} />
      <div className="welcome-actions">
        {any && (
          <Button kind="primary" onClick={() => open('home')} testId="welcome-continue">
            {words.welcome.continueNow}
          </Button>
        )}
        <Button
          kind={isNone && !any ? 'primary' : 'secondary'}
          icon="plus"
          onClick={() => open('add')}
          testId="welcome-add"
        >
          {isNone ? words.welcome.addOwn : words.welcome.addAnother}
        </Button>
        {isNone && (
          <Button icon="search" onClick={found.reload} testId="welcome-look-again">
            {words.welcome.lookAgain}
          </Button>
        )}
      </div>
      <section className="welcome-comfort" aria-label={words.welcome.comfort}>
        <Card>
          <LoginSwitch />
        </Card>
        <Card>
          <CommandLineHint />
        </Card>
      </section>
      <footer className="welcome-foot">
        <p>{words.welcome.undo}</p>
        {!hasDemo && (
          <p className="welcome-demo">
            {words.welcome.demoHint} <AddDemo />
          </p>
        )}
      </footer>
    </article>
  );
}

function FoundHere({ presets, error, reload }: ReturnType<typeof usePresets>) {
  const { view } = useHoldfast();
  if (error !== null) {
    return (
      <section className="welcome-none">
        <ProblemText
          problem={{ message: words.welcome.notAsked, hint: error }}
          testId="welcome-error"
        />
        <Button onClick={reload} testId="welcome-look-again">
          {words.welcome.lookAgain}
        </Button>
      </section>
    );
  }
  if (presets === null) {
    return (
      <p className="welcome-looking" role="status">
        <Spinner /> {words.welcome.looking}
      </p>
    );
  }
  const offers = presets.flatMap(({ found }) => found);
  if (offers.length === 0) return <NoneFound presets={presets} />;
  return (
    <section>
      <h2 className="home-title">{words.adding.found}</h2>
      <OfferList offers={offers} onAdd={() => view.setState({ view: 'welcome' })} />
    </section>
  );
}

function NoneFound({ presets }: { readonly presets: readonly PresetView[] }) {
  const names = presets.filter(({ id }) => id !== 'remote').map(({ name }) => name);
  return (
    <section className="welcome-none" data-testid="welcome-none">
      <h2>{words.welcome.noneTitle}</h2>
      <p>{words.welcome.noneFound(words.list(names))}</p>
    </section>
  );
}

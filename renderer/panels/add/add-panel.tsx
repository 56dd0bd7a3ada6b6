/** Adding a gateway: what was found on this machine, what ships with Holdfast, what can be typed. */

import { demoGateway } from '../../../electron/contract/demo-gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useApp } from '../../store/hooks.ts';
import { newOffers, usePresets } from '../../store/presets.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Empty } from '../../ui/messages.tsx';
import { AddDemo, OpenProfilesFolder } from './add-buttons.tsx';
import { CommandForm } from './command-form.tsx';
import { OfferList } from './offer-list.tsx';
import { PresetForm } from './preset-form.tsx';
import { shownPreset } from './preset-words.ts';
import { ExportButton, ImportButton } from './transfer-buttons.tsx';

export function AddPanel() {
  const gateways = useApp((state) => state.gateways);
  const { presets, error, reload } = usePresets();
  if (error !== null) {
    return (
      <Empty
        icon="warning"
        title={words.adding.notKnown}
        testId="add-error"
        actions={<Button onClick={reload}>{words.common.tryAgain}</Button>}
      >
        <Foreign>{error}</Foreign>
      </Empty>
    );
  }
  if (presets === null) return <Empty icon="gateway" title={words.adding.looking} />;
  const offers = newOffers(presets, gateways);
  return (
    <article className="page" aria-label={words.adding.title} data-testid="add">
      <header className="page-head">
        <h1>{words.adding.title}</h1>
      </header>
      {offers.length > 0 && (
        <Card title={words.adding.found} testId="add-found">
          <OfferList offers={offers} />
        </Card>
      )}
      <Card title={words.adding.command} testId="add-command">
        <p className="card-note">{words.adding.commandHint}</p>
        <CommandForm />
      </Card>
      {presets
        .filter(({ fields }) => fields.length > 0)
        .map((preset) => (
          <Card key={preset.id} title={shownPreset(preset).name} testId={`add-${preset.id}`}>
            <PresetForm preset={preset} />
          </Card>
        ))}
      <Card title={words.adding.more}>
        <div className="more-ways">
          {!Object.hasOwn(gateways, demoGateway.id) && <AddDemo />}
          <ImportButton />
          {Object.keys(gateways).length > 0 && <ExportButton />}
          <OpenProfilesFolder />
        </div>
        <p className="card-note">{words.adding.moreHint}</p>
      </Card>
    </article>
  );
}

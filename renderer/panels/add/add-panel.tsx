/** Adding a gateway: what was found on this machine, what ships with Holdfast, what can be typed. */
import { demoGateway } from '../../../electron/contract/demo-gateway.ts';
import { useApp } from '../../store/hooks.ts';
import { newOffers, usePresets } from '../../store/presets.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/messages.tsx';
import { AddDemo, OpenProfilesFolder } from './add-buttons.tsx';
import { CommandForm } from './command-form.tsx';
import { OfferList } from './offer-list.tsx';
import { PresetForm } from './preset-form.tsx';

export function AddPanel() {
  const gateways = useApp((state) => state.gateways);
  const { presets, error, reload } = usePresets();
  if (error !== null) {
    return (
      <Empty
        icon="warning"
        title="What can be added is not known"
        testId="add-error"
        actions={<Button onClick={reload}>Try again</Button>}
      >
        {error}
      </Empty>
    );
  }
  if (presets === null) return <Empty icon="gateway" title="Looking around…" />;
  const offers = newOffers(presets, gateways);
  return (
    <article className="page" aria-label="Add a gateway" data-testid="add">
      <header className="page-head">
        <h1>Add a gateway</h1>
      </header>
      {offers.length > 0 && (
        <Card title="Found on this machine" testId="add-found">
          <OfferList offers={offers} />
        </Card>
      )}
      <Card title="Any command" testId="add-command">
        <p className="card-note">
          A server that you start with a command. Holdfast keeps it running.
        </p>
        <CommandForm />
      </Card>
      {presets
        .filter(({ fields }) => fields.length > 0)
        .map((preset) => (
          <Card key={preset.id} title={preset.name} testId={`add-${preset.id}`}>
            <PresetForm preset={preset} />
          </Card>
        ))}
      <Card title="More">
        <div className="more-ways">
          {!Object.hasOwn(gateways, demoGateway.id) && <AddDemo />}
          <OpenProfilesFolder />
        </div>
        <p className="card-note">
          Each gateway is one file in the profiles folder. What you put there appears here at once.
        </p>
      </Card>
    </article>
  );
}

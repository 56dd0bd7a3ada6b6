/** Gateways that are installed on this machine and not kept yet: offered once, in every view. */
import { useApp, useHoldfast, useView } from '../store/hooks.ts';
import { newOffers, usePresets } from '../store/presets.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';

export function OffersBanner() {
  const { open, send } = useHoldfast();
  const adding = useView((state) => state.view === 'add');
  const gateways = useApp((state) => state.gateways);
  const dismissed = useApp((state) => state.settings.offersDismissed);
  const { presets } = usePresets();
  const offers = newOffers(presets ?? [], gateways).filter(
    ({ profile }) => !dismissed.includes(profile.id),
  );
  if (adding || offers.length === 0) return null;
  const names = offers.map(({ profile }) => profile.name).join(', ');
  const ids = offers.map(({ profile }) => profile.id);
  return (
    <Banner
      tone="info"
      title={`Found on this machine: ${names}`}
      actions={
        <Button onClick={() => open('add')} testId="offers-show">
          Look
        </Button>
      }
      onDismiss={() =>
        void send('settings.change', { offersDismissed: [...dismissed, ...ids].slice(-64) })
      }
      testId="offers-banner"
    >
      Holdfast can keep {offers.length === 1 ? 'it' : 'them'} running.
    </Banner>
  );
}

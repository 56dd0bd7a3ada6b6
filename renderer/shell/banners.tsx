/** What the user should know in every view: a lost background service, problems, an update, offers. */
import type { Outcome } from '../../electron/contract/receipt.ts';
import { updatePhases } from '../../electron/contract/update-phases.ts';
import { words } from '../../electron/words/spoken.ts';
import { moment } from '../format/quantities.ts';
import { receiptHeadline } from '../format/receipt-words.ts';
import { useApp, useHoldfast, useShownView, useView } from '../store/hooks.ts';
import { newOffers, usePresets } from '../store/presets.ts';
import { Button } from '../ui/button.tsx';
import { Banner, type BannerTone } from '../ui/messages.tsx';

const receiptTone: Readonly<Record<Outcome, BannerTone>> = {
  back: 'good',
  committed: 'good',
  'put-back': 'warning',
  failed: 'bad',
};

export function Banners() {
  return (
    <div className="banners">
      <LinkBanner />
      <Problems />
      <TransactionBanner />
      <ReceiptBanner />
      <OffersBanner />
    </div>
  );
}

function LinkBanner() {
  const link = useApp((state) => state.link);
  const any = useApp(({ gateways }) => Object.keys(gateways).length > 0);
  if (link.status === 'connected') {
    if (link.staleSince === undefined) return null;
    return (
      <Banner
        tone="warning"
        title={`What you see is out of date, since ${moment(link.staleSince, Date.now())}`}
        testId="link-banner"
      >
        Holdfast’s background service answers, but what it says can’t be read. Your gateways run on;
        Holdfast keeps trying.
      </Banner>
    );
  }
  if (link.status === 'connecting') {
    return (
      <Banner tone="busy" title="Starting Holdfast’s background service…" testId="link-banner">
        {any && 'Your gateways are not affected by this.'}
      </Banner>
    );
  }
  return (
    <Banner tone="busy" title="Reconnecting to Holdfast’s background service…" testId="link-banner">
      {link.problem.message} {link.problem.hint}{' '}
      {any && 'What you see is the last known state; running gateways run on.'}
    </Banner>
  );
}

function Problems() {
  const problems = useApp((state) => state.problems);
  // Home names the profiles that can't be used.
  const everywhere = problems.filter(({ file }) => file === undefined);
  return everywhere.map(({ id, problem }) => (
    <Banner key={id} tone="warning" title={problem.message} testId={`problem-${id}`}>
      {problem.hint}
    </Banner>
  ));
}

function TransactionBanner() {
  const { open } = useHoldfast();
  const transaction = useApp((state) => state.transaction);
  const onUpdates = useView((state) => state.view === 'update');
  if (!transaction || onUpdates) return null;
  if (updatePhases[transaction.phase].soak) return null;
  return (
    <Banner
      tone="busy"
      title={`Updating to Holdfast ${transaction.toVersion}…`}
      actions={<Button onClick={() => open('update')}>Details</Button>}
      testId="transaction-banner"
    >
      {words.phases[transaction.phase]}
    </Banner>
  );
}

function ReceiptBanner() {
  const { open, send } = useHoldfast();
  const receipt = useApp((state) => state.receipt);
  const onUpdates = useView((state) => state.view === 'update');
  if (!receipt || onUpdates) return null;
  return (
    <Banner
      tone={receiptTone[receipt.outcome]}
      title={receiptHeadline(receipt)}
      actions={
        <Button onClick={() => open('update')} testId="receipt-show">
          Receipt
        </Button>
      }
      onDismiss={() => void send('receipt.dismiss', null)}
      testId="receipt-banner"
    />
  );
}

/** Gateways that are installed on this machine and not looked after yet: offered until they are dismissed. */
function OffersBanner() {
  const { open, send } = useHoldfast();
  const view = useShownView();
  const gateways = useApp((state) => state.gateways);
  const dismissed = useApp((state) => state.settings.offersDismissed);
  const { presets } = usePresets();
  const offers = newOffers(presets ?? [], gateways).filter(
    ({ profile }) => !dismissed.includes(profile.id),
  );
  if (view === 'add' || view === 'welcome' || offers.length === 0) return null;
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
      Holdfast can look after {offers.length === 1 ? 'it' : 'them'}.
    </Banner>
  );
}

/** What the user should know in every view: a lost background service, problems, an update, offers. */
import type { Outcome } from '../../electron/contract/receipt.ts';
import { updatePhases } from '../../electron/contract/update-phases.ts';
import { words } from '../../electron/words/spoken.ts';
import { moment } from '../format/quantities.ts';
import { receiptHeadline } from '../format/receipt-words.ts';
import { useApp, useBusy, useHoldfast, useShownView, useView } from '../store/hooks.ts';
import { newOffers, usePresets } from '../store/presets.ts';
import { Button } from '../ui/button.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Banner, type BannerTone } from '../ui/messages.tsx';
import { Remaining } from '../ui/remaining.tsx';

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
      <ConfirmBanner />
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
        title={words.banners.stale(moment(link.staleSince, Date.now()))}
        testId="link-banner"
      >
        {words.banners.serviceStale}
      </Banner>
    );
  }
  if (link.status === 'connecting') {
    return (
      <Banner tone="busy" title={words.banners.connecting} testId="link-banner">
        {any && words.banners.notAffected}
      </Banner>
    );
  }
  return (
    <Banner tone="busy" title={words.banners.reconnecting} testId="link-banner">
      <Foreign>
        {link.problem.message} {link.problem.hint}
      </Foreign>{' '}
      {any && words.banners.lastKnown}
    </Banner>
  );
}

function Problems() {
  const problems = useApp((state) => state.problems);
  // Home names the profiles that can't be used.
  const everywhere = problems.filter(({ file }) => file === undefined);
  return everywhere.map(({ id, problem }) => (
    <Banner
      key={id}
      tone="warning"
      title={<Foreign>{problem.message}</Foreign>}
      testId={`problem-${id}`}
    >
      {problem.hint && <Foreign>{problem.hint}</Foreign>}
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
      title={words.banners.updating(transaction.toVersion)}
      actions={<Button onClick={() => open('update')}>{words.common.details}</Button>}
      testId="transaction-banner"
    >
      {words.phases[transaction.phase]}
    </Banner>
  );
}

/** The new version has served well, and stays only if its user says so. */
function ConfirmBanner() {
  const { send } = useHoldfast();
  const transaction = useApp((state) => state.transaction);
  const connected = useApp((state) => state.link.status === 'connected');
  const deciding = useBusy(decide);
  if (transaction?.phase !== 'confirming') return null;
  const { fromVersion, toVersion, deadline } = transaction;
  return (
    <Banner
      tone="warning"
      title={words.banners.runsNow(toVersion)}
      testId="confirm-banner"
      actions={
        <>
          <Button
            icon="check"
            kind="primary"
            disabled={!connected}
            busy={deciding}
            onClick={() => void send('update.keepVersion', null, decide)}
            testId="keep-version"
          >
            {words.banners.keepVersion(toVersion)}
          </Button>
          <Button
            icon="restart"
            disabled={!connected}
            busy={deciding}
            onClick={() => void send('update.undoVersion', null, decide)}
            testId="undo-version"
          >
            {words.banners.goBackTo(fromVersion)}
          </Button>
        </>
      }
    >
      {words.banners.notKept(fromVersion)}
      {deadline !== null && <Remaining until={deadline} />}
    </Banner>
  );
}

const decide = 'decide holdfast';

function ReceiptBanner() {
  const { open, send } = useHoldfast();
  const receipt = useApp((state) => state.receipt);
  const isAsked = useApp((state) => state.transaction?.phase === 'confirming');
  const onUpdates = useView((state) => state.view === 'update');
  // While it is asked whether the new version stays, nothing else is said about it.
  if (!receipt || onUpdates || isAsked) return null;
  return (
    <Banner
      tone={receiptTone[receipt.outcome]}
      title={receiptHeadline(receipt)}
      actions={
        <Button onClick={() => open('update')} testId="receipt-show">
          {words.banners.receipt}
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
  const names = offers.map(({ profile }) => profile.name);
  const ids = offers.map(({ profile }) => profile.id);
  return (
    <Banner
      tone="info"
      title={words.banners.found(names)}
      actions={
        <Button onClick={() => open('add')} testId="offers-show">
          {words.banners.look}
        </Button>
      }
      onDismiss={() =>
        void send('settings.change', { offersDismissed: [...dismissed, ...ids].slice(-64) })
      }
      testId="offers-banner"
    >
      {words.banners.canLookAfter(offers.length)}
    </Banner>
  );
}

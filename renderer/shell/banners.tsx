/** What the user should know in every view: a lost watcher, problems, the receipt, the tray. */

import type { Outcome } from '../../electron/contract/receipt.ts';
import { receiptHeadline } from '../format/receipt-words.ts';
import { moment } from '../format/time.ts';
import { PHASE_SENTENCE } from '../format/words.ts';
import { useApp, useHoldfast, useView } from '../store/hooks.ts';
import { Banner, type BannerTone } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { OffersBanner } from './offers-banner.tsx';

const RECEIPT_TONE: Readonly<Record<Outcome, BannerTone>> = {
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
      <CarryBanner />
      <ReceiptBanner />
      <TrayNotice />
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
        The watcher answers, but what it says can’t be read. Your gateways run on; Holdfast keeps
        trying.
      </Banner>
    );
  }
  if (link.status === 'connecting') {
    return (
      <Banner tone="busy" title="Connecting to the watcher…" testId="link-banner">
        {any && 'Your gateways are not affected by this.'}
      </Banner>
    );
  }
  return (
    <Banner tone="busy" title="Reconnecting to the watcher…" testId="link-banner">
      {link.problem.message} {link.problem.hint}{' '}
      {any && 'What you see is the last known state; running gateways run on.'}
    </Banner>
  );
}

function Problems() {
  const problems = useApp((state) => state.problems);
  return problems.map(({ id, problem }) => (
    <Banner key={id} tone="warning" title={problem.message} testId={`problem-${id}`}>
      {problem.hint}
    </Banner>
  ));
}

function CarryBanner() {
  const { open } = useHoldfast();
  const carry = useApp((state) => state.carry);
  const onUpdates = useView((state) => state.view === 'update');
  if (!carry || onUpdates || carry.phase === 'soaking') return null;
  return (
    <Banner
      tone="busy"
      title={`Updating to Holdfast ${carry.toVersion}…`}
      actions={<Button onClick={() => open('update')}>Details</Button>}
      testId="carry-banner"
    >
      {PHASE_SENTENCE[carry.phase]}
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
      tone={RECEIPT_TONE[receipt.outcome]}
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

function TrayNotice() {
  const { send } = useHoldfast();
  const shown = useApp((state) => state.trayNotice);
  if (!shown) return null;
  return (
    <Banner
      tone="info"
      title="Closing the window keeps Holdfast in the tray."
      onDismiss={() => void send('trayNotice.dismiss', null)}
      testId="tray-notice"
    >
      Your gateways run on. To end Holdfast itself, choose Quit in the tray’s menu.
    </Banner>
  );
}

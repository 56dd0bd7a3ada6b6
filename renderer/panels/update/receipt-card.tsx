/** The receipt: what an update did to each gateway, and how that was checked. Tests read it as data. */

import type { Receipt } from '../../../electron/contract/receipt.ts';
import { words } from '../../../electron/words/spoken.ts';
import { moment } from '../../format/quantities.ts';
import { outcomeTones, receiptHeadline, receiptSummary } from '../../format/receipt-words.ts';
import { rungName } from '../../format/rung-name.ts';
import { useNow } from '../../store/clock.ts';
import { useApp, useBusy, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Badge, Details } from '../../ui/card.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { ProblemText } from '../../ui/messages.tsx';
import { CallButton } from './call-button.tsx';
import { ShowLogButton, SkipButton } from './put-off.tsx';
import { GatewayChange, ReceiptGatewayRow } from './receipt-gateway.tsx';
import { StepList } from './step-list.tsx';

export function ReceiptCard({ receipt }: { readonly receipt: Receipt }) {
  const tone = outcomeTones[receipt.outcome];
  const isGood = receipt.outcome === 'back' || receipt.outcome === 'committed';

  return (
    <section
      className={`card receipt tone-${tone}`}
      aria-label={words.receiptView.title}
      data-testid="receipt"
      data-attempt={receipt.attempt}
      data-outcome={receipt.outcome}
      data-from-version={receipt.fromVersion}
      data-to-version={receipt.toVersion}
      data-to-build={receipt.toBuild ?? ''}
      data-receipt={JSON.stringify(receipt)}
    >
      <header className="receipt-head">
        <div>
          <h2 data-testid="receipt-headline">{receiptHeadline(receipt)}</h2>
          <p>{receiptSummary(receipt)}</p>
        </div>
        <Badge tone={tone}>{words.outcomes[receipt.outcome]}</Badge>
      </header>
      {receipt.problem && (
        <ProblemText
          problem={receipt.problem}
          tone={receipt.outcome === 'failed' ? 'bad' : 'warning'}
          testId="receipt-problem"
        />
      )}
      {!isGood && <NextSteps receipt={receipt} />}
      {receipt.gateways.length > 0 && (
        <ul className="receipt-gateways">
          {receipt.gateways.map((gateway) => (
            <ReceiptGatewayRow
              key={gateway.id}
              gateway={gateway}
              again={receipt.outcome === 'committed'}
            />
          ))}
        </ul>
      )}
      <TechnicalDetails receipt={receipt} />
      <ReceiptFoot receipt={receipt} />
    </section>
  );
}

/** After an update that did not work. */
function NextSteps({ receipt: { toVersion } }: { readonly receipt: Receipt }) {
  const status = useApp(({ update }) => update.status);
  // Otherwise the card above has the version, or says what it does.
  const mayTry = status === 'idle' || status === 'up-to-date';
  return (
    <div className="card-actions choices" data-testid="receipt-next">
      {mayTry && <CallButton call="update.retry" label={words.common.tryAgain} />}
      <SkipButton version={toVersion} />
      <ShowLogButton />
    </div>
  );
}

/** When it was, and what can be done with the receipt. */
function ReceiptFoot({ receipt }: { readonly receipt: Receipt }) {
  const { send, tell } = useHoldfast();
  const busy = useBusy('receipt.dismiss');
  const now = useNow();

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(JSON.stringify(receipt, null, 2));
      tell(words.receiptView.copied);
    } catch {
      tell(words.common.noClipboard);
    }
  }

  return (
    <footer className="receipt-foot">
      <p>{moment(receipt.at, now)}</p>
      <div className="card-actions">
        <Button kind="quiet" icon="copy" onClick={() => void copy()}>
          {words.common.copy}
        </Button>
        <Button
          kind="quiet"
          busy={busy}
          onClick={() => void send('receipt.dismiss', null)}
          testId="receipt-dismiss"
        >
          {words.common.dismiss}
        </Button>
      </div>
    </footer>
  );
}

/** Every recorded step with its time from the start, and each gateway before and after. */
function TechnicalDetails({ receipt }: { readonly receipt: Receipt }) {
  const { steps, startedAt, gateways } = receipt;
  return (
    <Details title={words.receiptView.technical(steps.length)} testId="receipt-steps">
      <StepList
        steps={steps}
        from={startedAt}
        gateways={gateways}
        more={(detail) =>
          detail !== '' && (
            <span className="receipt-step-detail">
              <Foreign>{detail}</Foreign>
            </span>
          )
        }
      />
      {gateways.map((gateway) => (
        <GatewayChange key={gateway.id} gateway={gateway} />
      ))}
      {receipt.escape && (
        <p className="receipt-escape">
          {words.receiptView.escape(rungName(receipt.escape.rung))}{' '}
          <Foreign>{receipt.escape.detail}</Foreign>
        </p>
      )}
    </Details>
  );
}

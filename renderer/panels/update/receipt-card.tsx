/** The receipt: what an update did, gateway by gateway, with its proof. Readable by tests as data. */
import type { Receipt } from '../../../electron/contract/receipt.ts';
import { OUTCOME_NAME, receiptHeadline, receiptSummary } from '../../format/receipt-words.ts';
import { moment } from '../../format/time.ts';
import { escapeName } from '../../format/words.ts';
import { useNow } from '../../store/clock.ts';
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import type { Tone } from '../../store/selectors.ts';
import { Badge } from '../../ui/badge.tsx';
import { ProblemText } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { ReceiptGatewayRow } from './receipt-gateway.tsx';
import { ReceiptSteps } from './receipt-steps.tsx';

const TONE: Readonly<Record<Receipt['outcome'], Tone>> = {
  back: 'good',
  committed: 'good',
  'put-back': 'warning',
  failed: 'bad',
};

export function ReceiptCard({ receipt }: { readonly receipt: Receipt }) {
  const { send, tell } = useHoldfast();
  const busy = useBusy('receipt.dismiss');
  const now = useNow();

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(JSON.stringify(receipt, null, 2));
      tell('The receipt was copied.');
    } catch {
      tell('The clipboard is not available.');
    }
  }

  return (
    <section
      className={`card receipt tone-${TONE[receipt.outcome]}`}
      aria-label="Receipt of the last update"
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
        <Badge tone={TONE[receipt.outcome]}>{OUTCOME_NAME[receipt.outcome]}</Badge>
      </header>
      {receipt.problem && (
        <ProblemText
          problem={receipt.problem}
          tone={receipt.outcome === 'failed' ? 'bad' : 'warning'}
          testId="receipt-problem"
        />
      )}
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
      <ReceiptSteps receipt={receipt} />
      <footer className="receipt-foot">
        <p>
          {moment(receipt.at, now)}
          {receipt.escape && ` · Watcher: ${escapeName(receipt.escape)}`}
        </p>
        <div className="card-actions">
          <Button kind="quiet" icon="copy" onClick={() => void copy()}>
            Copy
          </Button>
          <Button
            kind="quiet"
            busy={busy}
            onClick={() => void send('receipt.dismiss', null)}
            testId="receipt-dismiss"
          >
            Dismiss
          </Button>
        </div>
      </footer>
    </section>
  );
}

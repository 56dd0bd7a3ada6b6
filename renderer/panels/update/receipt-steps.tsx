/** Every recorded moment of the attempt, each with its distance from the start. Closed at first. */
import type { Receipt } from '../../../electron/contract/receipt.ts';
import { stepName } from '../../format/receipt-words.ts';
import { count } from '../../format/size.ts';
import { span } from '../../format/time.ts';
import { Icon } from '../../ui/icons.tsx';

export function ReceiptSteps({ receipt }: { readonly receipt: Receipt }) {
  if (receipt.steps.length === 0) return null;
  return (
    <details className="receipt-steps" data-testid="receipt-steps">
      <summary>
        <Icon name="right" />
        {count(receipt.steps.length, 'step')}
      </summary>
      <ol>
        {receipt.steps.map(({ name, at, detail }) => (
          <li key={`${at} ${name} ${detail ?? ''}`} data-step={name} data-at={at}>
            <time className="mono" dateTime={new Date(at).toISOString()}>
              +{span(at - receipt.startedAt)}
            </time>
            <span>{stepName(name)}</span>
            {detail && <span className="receipt-step-detail">{detail}</span>}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** The steps of an update, each with its time from `from` (epoch milliseconds). */
import type { ReactNode } from 'react';
import type { ReceiptStep } from '../../../electron/contract/receipt.ts';
import { span } from '../../format/quantities.ts';
import { describeStep } from '../../format/receipt-words.ts';

interface Props {
  readonly steps: readonly ReceiptStep[];
  readonly from: number;
  /** Those that the steps may name. */
  readonly gateways: Parameters<typeof describeStep>[1];
  /** What is shown after a step, of what else is known of it. */
  readonly more?: (detail: string) => ReactNode;
  readonly label?: string;
  readonly testId?: string;
}

export function StepList({ steps, from, gateways, more, label, testId }: Props) {
  return (
    <ol className="receipt-steps" aria-label={label} data-testid={testId}>
      {steps.map((step) => {
        const { text, detail } = describeStep(step, gateways);
        return (
          <li key={`${step.at} ${step.name} ${detail}`} data-step={step.name} data-at={step.at}>
            <time className="mono" dateTime={new Date(step.at).toISOString()}>
              +{span(step.at - from)}
            </time>
            <span>{text}</span>
            {more?.(detail)}
          </li>
        );
      })}
    </ol>
  );
}

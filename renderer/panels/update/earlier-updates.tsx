/** The receipts of the updates before: when, from which version to which, and how each ended. */

import { useEffect, useState } from 'react';
import type { Receipt } from '../../../electron/contract/receipt.ts';
import { words } from '../../../electron/words/spoken.ts';
import { moment } from '../../format/quantities.ts';
import { outcomeTones, receiptHeadline } from '../../format/receipt-words.ts';
import { useNow } from '../../store/clock.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Badge, Card } from '../../ui/card.tsx';
import { Foreign } from '../../ui/foreign.tsx';

export function EarlierUpdates() {
  const shown = useApp(({ receipt }) => receipt?.attempt ?? null);
  const earlier = useReceipts().filter(({ attempt }) => attempt !== shown);
  const now = useNow();
  if (earlier.length === 0) return null;
  return (
    <Card title={words.receiptView.earlier} testId="earlier-updates">
      <ul className="earlier-updates">
        {earlier.map((receipt) => (
          <li key={receipt.attempt} data-testid="earlier-update">
            <div>
              <p>
                <strong>
                  {receipt.fromVersion} → {receipt.toVersion}
                </strong>{' '}
                · {moment(receipt.at, now)}
              </p>
              <p>
                {receipt.problem ? (
                  <Foreign>{receipt.problem.message}</Foreign>
                ) : (
                  receiptHeadline(receipt)
                )}
              </p>
            </div>
            <Badge tone={outcomeTones[receipt.outcome]}>{words.outcomes[receipt.outcome]}</Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Asked for when the view opens, and when an update has ended meanwhile. */
function useReceipts(): readonly Receipt[] {
  const { ask } = useHoldfast();
  const [receipts, setReceipts] = useState<readonly Receipt[]>([]);
  const outcome = useApp(({ receipt }) => receipt?.outcome);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another outcome is a reason to ask again.
  useEffect(() => {
    let wanted = true;
    ask('receipt.list', null).then(
      (found) => wanted && setReceipts(found),
      // The rest of the view says what is wrong with the app.
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [ask, outcome]);
  return receipts;
}

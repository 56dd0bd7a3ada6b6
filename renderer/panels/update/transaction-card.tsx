/** What the watcher does for an update right now, and what it has done so far. */
import type { ReceiptStep } from '../../../electron/contract/receipt.ts';
import { updatePhases } from '../../../electron/contract/update-phases.ts';
import type { UpdateTransaction } from '../../../electron/contract/watcher-contract.ts';
import { duration } from '../../../electron/contract/words.ts';
import { words } from '../../../electron/words/spoken.ts';
import { remaining } from '../../format/quantities.ts';
import { useNow } from '../../store/clock.ts';
import { useApp } from '../../store/hooks.ts';
import { Card } from '../../ui/card.tsx';
import { Icon, Spinner } from '../../ui/icons.tsx';
import { StepList } from './step-list.tsx';

export function TransactionCard({ transaction }: { readonly transaction: UpdateTransaction }) {
  const now = useNow();
  const { soak } = updatePhases[transaction.phase];
  return (
    <Card testId="transaction">
      <div
        className="update-line"
        data-phase={transaction.phase}
        data-attempt={transaction.attempt}
      >
        {soak ? <Icon name="shield" /> : <Spinner />}
        <div className="update-words">
          <h2>
            {transaction.fromVersion} → {transaction.toVersion}
          </h2>
          <p role="status">{words.phases[transaction.phase]}</p>
        </div>
        <span className="update-aside">
          {transaction.deadline !== null && now < transaction.deadline
            ? words.quantities.left(remaining(transaction.deadline, now))
            : duration(now - transaction.since)}
        </span>
      </div>
      {!soak && transaction.steps && <StepsSoFar steps={transaction.steps} />}
    </Card>
  );
}

/** Each with its time from the first one. */
function StepsSoFar({ steps }: { readonly steps: readonly ReceiptStep[] }) {
  const gateways = useApp((state) => state.gateways);
  return (
    <StepList
      steps={steps}
      from={steps[0]?.at ?? 0}
      gateways={Object.values(gateways)}
      label={words.updating.doneSoFar}
      testId="transaction-steps"
    />
  );
}

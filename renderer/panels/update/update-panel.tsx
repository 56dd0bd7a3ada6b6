/** Updates: what is offered, what is under way, and the receipt of the last one. */
import { useApp } from '../../store/hooks.ts';
import { EarlierUpdates } from './earlier-updates.tsx';
import { ReceiptCard } from './receipt-card.tsx';
import { TransactionCard } from './transaction-card.tsx';
import { UpdateCard } from './update-card.tsx';

export function UpdatePanel() {
  const update = useApp((state) => state.update);
  const receipt = useApp((state) => state.receipt);
  const transaction = useApp((state) => state.transaction);
  const version = useApp((state) => state.app.version);
  return (
    <article
      className="page"
      aria-label="Updates"
      data-testid="update"
      data-status={update.status}
      data-phase={transaction?.phase}
    >
      <header className="page-head">
        <h1>Updates</h1>
        <p>
          You are using Holdfast <span className="mono">{version}</span>.
        </p>
      </header>
      <UpdateCard update={update} />
      {transaction && <TransactionCard transaction={transaction} />}
      {receipt && <ReceiptCard receipt={receipt} />}
      <EarlierUpdates />
    </article>
  );
}

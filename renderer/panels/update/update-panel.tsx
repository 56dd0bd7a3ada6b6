/** Updates: what is offered, what is under way, and the receipt of the last one. */
import { words } from '../../../electron/words/spoken.ts';
import { useApp } from '../../store/hooks.ts';
import { EarlierUpdates } from './earlier-updates.tsx';
import { KeptCard } from './kept-card.tsx';
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
      aria-label={words.updating.title}
      data-testid="update"
      data-status={update.status}
      data-phase={transaction?.phase}
    >
      <header className="page-head">
        <h1>{words.updating.title}</h1>
        <p>
          {words.updating.using} <span className="mono">{version}</span>
          {words.updating.usingEnd}
        </p>
      </header>
      <UpdateCard update={update} />
      {transaction && <TransactionCard transaction={transaction} />}
      {!transaction && <KeptCard update={update} />}
      {receipt && <ReceiptCard receipt={receipt} />}
      <EarlierUpdates />
    </article>
  );
}

/** Everything about updates: what is offered, what is going on, and what came of the last one. */
import { useApp } from '../../store/hooks.ts';
import { CarryCard } from './carry-card.tsx';
import { ReceiptCard } from './receipt-card.tsx';
import { UpdateCard } from './update-card.tsx';

export function UpdatePanel() {
  const update = useApp((state) => state.update);
  const receipt = useApp((state) => state.receipt);
  const carry = useApp((state) => state.carry);
  const version = useApp((state) => state.app.version);
  return (
    <article
      className="page"
      aria-label="Updates"
      data-testid="update"
      data-status={update.status}
      data-phase={carry?.phase}
    >
      <header className="page-head">
        <h1>Updates</h1>
        <p>
          You are using Holdfast <span className="mono">{version}</span>.
        </p>
      </header>
      <UpdateCard update={update} />
      {carry && <CarryCard carry={carry} />}
      {receipt && <ReceiptCard receipt={receipt} />}
    </article>
  );
}

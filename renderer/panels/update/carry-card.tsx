/** What the watcher is doing for an update right now. */
import type { Carry } from '../../../electron/contract/watcher-contract.ts';
import { duration, remaining } from '../../format/time.ts';
import { PHASE_SENTENCE } from '../../format/words.ts';
import { useNow } from '../../store/clock.ts';
import { Card } from '../../ui/card.tsx';
import { Icon, Spinner } from '../../ui/icons.tsx';

export function CarryCard({ carry }: { readonly carry: Carry }) {
  const now = useNow();
  const soaking = carry.phase === 'soaking';
  return (
    <Card testId="carry">
      <div className="update-line" data-phase={carry.phase} data-attempt={carry.attempt}>
        {soaking ? <Icon name="shield" /> : <Spinner />}
        <div className="update-words">
          <h2>
            {carry.fromVersion} → {carry.toVersion}
          </h2>
          <p role="status">{PHASE_SENTENCE[carry.phase]}</p>
        </div>
        <span className="update-aside">
          {carry.deadline !== null && now < carry.deadline
            ? `${remaining(carry.deadline, now)} left`
            : duration(now - carry.since)}
        </span>
      </div>
    </Card>
  );
}

/** Other programs hold the files: they are named, and the user decides. */
import { words } from '../../../electron/words/spoken.ts';
import { Card } from '../../ui/card.tsx';
import { Icon } from '../../ui/icons.tsx';
import { CallButton } from './call-button.tsx';

interface Props {
  readonly version: string;
  readonly holders: readonly { readonly pid: number; readonly name: string }[];
}

export function HeldCard({ version, holders }: Props) {
  const names = [...new Set(holders.map(({ name }) => name))];
  return (
    <Card title={words.updating.held(version)} testId="update-card">
      <div className="problem problem-warning" role="alert">
        <span className="problem-sign">
          <Icon name="warning" />
        </span>
        <div>
          <p className="problem-message">
            {names.length === 0 ? words.updating.heldByUnknown : words.updating.heldBy(names)}
          </p>
          <p className="problem-hint">{words.updating.closeThem(holders.length)}</p>
        </div>
      </div>
      {holders.length > 0 && (
        <ul className="holders" data-testid="update-holders">
          {holders.map(({ pid, name }) => (
            <li key={pid} data-pid={pid}>
              <span>{name}</span>
              <span className="mono">{words.updating.process(pid)}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="card-actions">
        <CallButton call="update.retry" label={words.common.tryAgain} primary />
        <CallButton call="update.cancel" label={words.updating.cancelUpdate} />
      </div>
    </Card>
  );
}

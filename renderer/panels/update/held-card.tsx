/** Other programs hold the files: they are named, and the user decides. */
import { list } from '../../format/quantities.ts';
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
    <Card title={`Holdfast ${version} can’t be installed yet`} testId="update-card">
      <div className="problem problem-warning" role="alert">
        <span className="problem-sign">
          <Icon name="warning" />
        </span>
        <div>
          <p className="problem-message">
            {names.length === 0
              ? 'Another program holds files that have to be replaced.'
              : `${list(names)} ${names.length === 1 ? 'holds' : 'hold'} files that have to be replaced.`}
          </p>
          <p className="problem-hint">
            Close {holders.length === 1 ? 'it' : 'them'} and try again, or cancel: then everything
            is undone.
          </p>
        </div>
      </div>
      {holders.length > 0 && (
        <ul className="holders" data-testid="update-holders">
          {holders.map(({ pid, name }) => (
            <li key={pid} data-pid={pid}>
              <span>{name}</span>
              <span className="mono">process {pid}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="card-actions">
        <CallButton call="update.retry" label="Try again" primary />
        <CallButton call="update.cancel" label="Cancel the update" />
      </div>
    </Card>
  );
}

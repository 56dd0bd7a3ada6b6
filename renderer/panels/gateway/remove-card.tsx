/** Taking a gateway out of Holdfast, and bringing it back for some seconds afterwards. */

import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { removalNote } from '../../format/words.ts';
import { useApp, useBusy, useHoldfast } from '../../store/hooks.ts';
import { identityOf } from '../../store/selectors.ts';
import { withEntry } from '../../store/view.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';

export function RemoveCard({ gateway }: { readonly gateway: GatewayView }) {
  const { id } = gateway;
  const connected = useApp(({ link }) => link.status === 'connected');
  const updating = useApp(({ gatewayUpdates }) => gatewayUpdates[id]?.update != null);
  const busy = useBusy(`remove ${id}`);
  const remove = useRemoval(gateway);
  return (
    <Card title={words.removal.title} testId="profile-removal">
      <p className="card-note" data-testid="removal-note">
        {updating ? words.removal.updating : removalNote(gateway)}
      </p>
      <div className="form-actions">
        <Button
          kind="danger"
          disabled={!connected || updating}
          busy={busy}
          onClick={() => void remove()}
          testId="profile-remove"
        >
          {words.common.remove}
        </Button>
      </div>
    </Card>
  );
}

/** A gateway that runs is stopped first: a removed one has nobody who would stop it. */
function useRemoval(gateway: GatewayView): () => Promise<void> {
  const { send, tell, open, openGateway, view } = useHoldfast();
  const { id, name } = gateway;
  const runs = identityOf(gateway) !== null;
  const undo = async (): Promise<void> => {
    if (!(await send('profile.restore', { id }))) return;
    openGateway(id, 'status');
    if (runs) await send('gateway.start', { id }, `start ${id}`);
  };
  return async () => {
    const key = `remove ${id}`;
    if (runs && !(await send('gateway.stop', { id }, key))) return;
    if (!(await send('profile.remove', { id }, key))) return;
    view.setState(({ editing, drafts }) => ({
      editing: withEntry(editing, id, null),
      drafts: withEntry(drafts, id, null),
    }));
    open('home');
    tell(runs ? words.removal.stoppedAndRemoved(name) : words.removal.removed(name), {
      name: words.common.undo,
      run: () => void undo(),
    });
  };
}

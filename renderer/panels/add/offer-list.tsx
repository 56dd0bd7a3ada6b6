/** Gateways found on this machine: whether each runs and who runs it, and a button to look after it. */

import { gatewayTone, stateName } from '../../../electron/contract/words.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useBusy, useHoldfast } from '../../store/hooks.ts';
import type { Offer } from '../../store/presets.ts';
import { useUndoAdd } from '../../store/undo-add.ts';
import { Button } from '../../ui/button.tsx';
import { foreign } from '../../ui/foreign.tsx';
import { Shape } from '../../ui/shape.tsx';
import { meaningOf, runningWords } from './found-words.ts';

interface Props {
  readonly offers: readonly Offer[];
  /** Called when one is about to be added; absent: the view of that gateway is opened. */
  readonly onAdd?: (() => void) | undefined;
}

export function OfferList({ offers, onAdd }: Props) {
  return (
    <ul className="found-list">
      {offers.map((offer) => (
        <OfferItem key={offer.profile.id} offer={offer} onAdd={onAdd} />
      ))}
    </ul>
  );
}

function OfferItem({ offer, onAdd }: { readonly offer: Offer } & Pick<Props, 'onAdd'>) {
  const { profile, where } = offer;
  const { send, tell, openGateway } = useHoldfast();
  const { id, name } = profile;
  const busy = useBusy(`add ${id}`);
  const isAdded = useApp(({ gateways }) => Object.hasOwn(gateways, id));
  const undo = useUndoAdd();
  const add = async (): Promise<void> => {
    onAdd?.();
    if (!(await send('profile.save', { profile }, `add ${id}`))) return;
    if (!onAdd) openGateway(id, 'status');
    tell(words.offered.added(name), { name: words.common.undo, run: () => void undo(id) });
  };
  return (
    <li className="found" data-testid={`offer-${id}`}>
      <div className="found-words">
        <h3>{name}</h3>
        {isAdded ? <AddedState id={id} /> : <FoundState offer={offer} />}
        {!isAdded && <p className="found-means">{meaningOf(offer.owner)}</p>}
        <small className="path" lang={foreign()} title={where}>
          {where}
        </small>
      </div>
      {isAdded ? (
        <Button onClick={() => openGateway(id, 'status')} testId={`offer-open-${id}`}>
          {words.common.open}
        </Button>
      ) : (
        <Button icon="plus" busy={busy} onClick={() => void add()} testId={`offer-add-${id}`}>
          {words.offered.add}
        </Button>
      )}
    </li>
  );
}

function FoundState({ offer: { owner, profile } }: { readonly offer: Offer }) {
  const said = runningWords(owner);
  if (said === null) return null;
  return (
    <p className="found-state" data-testid={`offer-state-${profile.id}`}>
      <Shape tone={owner ? 'good' : 'idle'} />
      {said}
    </p>
  );
}

function AddedState({ id }: { readonly id: string }) {
  const gateway = useApp(({ gateways }) => gateways[id]);
  if (!gateway) return null;
  return (
    <p className="found-state" data-testid={`offer-state-${id}`}>
      <Shape tone={gatewayTone(gateway)} />
      {stateName(gateway.state)}
    </p>
  );
}

/** Gateways found on this machine, each with a button that makes Holdfast look after it. */
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import type { Offer } from '../../store/presets.ts';
import { Button } from '../../ui/button.tsx';

export function OfferList({ offers }: { readonly offers: readonly Offer[] }) {
  return (
    <ul className="offers">
      {offers.map((offer) => (
        <OfferItem key={offer.profile.id} offer={offer} />
      ))}
    </ul>
  );
}

function OfferItem({ offer: { profile, where } }: { readonly offer: Offer }) {
  const { send, openGateway } = useHoldfast();
  const { id, name } = profile;
  const busy = useBusy(`add ${id}`);
  const add = async (): Promise<void> => {
    if (!(await send('profile.save', { profile }, `add ${id}`))) return;
    openGateway(id, 'status');
  };
  return (
    <li className="offer" data-testid={`offer-${id}`}>
      <div className="offer-words">
        <strong>{name}</strong>
        <small className="path">{where}</small>
      </div>
      <Button icon="plus" busy={busy} onClick={() => void add()} testId={`offer-add-${id}`}>
        Look after it
      </Button>
    </li>
  );
}

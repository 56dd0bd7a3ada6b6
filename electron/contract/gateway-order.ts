/** The order in which gateways are listed, as their user wants it. Pure. */
import type { GatewayView } from './gateway.ts';

type Named = Pick<GatewayView, 'id' | 'name'>;

/** `Gateway 2` comes before `Gateway 10`. */
const byName = new Intl.Collator(undefined, { numeric: true });

/**
 * Compares two gateways for sorting: those that the user has put in an order first, then the others by name.
 * @param order ids
 */
export function byOrder(order: readonly string[]): (a: Named, b: Named) => number {
  const places = new Map(order.map((id, place) => [id, place]));
  const placeOf = ({ id }: Named): number => places.get(id) ?? order.length;
  return (a, b) =>
    placeOf(a) - placeOf(b) || byName.compare(a.name, b.name) || byName.compare(a.id, b.id);
}

/** `ids` with `id` where `target` is now, which makes room for it; the same list when one of them is not there. */
export function movedTo(ids: readonly string[], id: string, target: string): readonly string[] {
  const to = ids.indexOf(target);
  if (to === -1 || !ids.includes(id) || id === target) return ids;
  const others = ids.filter((one) => one !== id);
  return [...others.slice(0, to), id, ...others.slice(to)];
}

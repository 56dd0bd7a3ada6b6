/** How much time is left, in brackets; it is not read out, as it changes all the time. */
import { words } from '../../electron/words/spoken.ts';
import { remaining } from '../format/quantities.ts';
import { useNow } from '../store/clock.ts';

/** @param until epoch milliseconds */
export function Remaining({ until }: { readonly until: number }) {
  return <span aria-hidden="true"> ({words.quantities.left(remaining(until, useNow()))})</span>;
}

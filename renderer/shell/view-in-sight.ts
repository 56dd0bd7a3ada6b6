/**
 * What follows the view that is shown: the window's title, the focus, and the app, which tells the desktop
 * nothing that is in sight.
 */
import { type RefObject, useEffect, useRef } from 'react';
import { viewTitle } from '../format/words.ts';
import { useApp, useHoldfast, useShownGatewayId, useShownView } from '../store/hooks.ts';
import { isGatewayView } from '../store/view.ts';

export function useViewInSight(main: RefObject<HTMLElement | null>): void {
  const { ask } = useHoldfast();
  const view = useShownView();
  const id = useShownGatewayId() ?? null;
  const gateway = isGatewayView(view) ? id : null;
  const name =
    useApp(({ gateways }) => (gateway === null ? null : gateways[gateway]?.name)) ?? null;

  useEffect(() => {
    // Without it the desktop may be told what is in sight: no reason to disturb anyone.
    ask('view.shown', { view, gateway }).catch(() => undefined);
  }, [ask, view, gateway]);

  const title = `${viewTitle(view, name)} – Holdfast`;
  useEffect(() => {
    document.title = title;
  }, [title]);

  const before = useRef<string | null>(null);
  useEffect(() => {
    const shown = `${view} of ${gateway}`;
    const isOther = before.current !== null && before.current !== shown;
    before.current = shown;
    if (isOther && isFocusBehind()) main.current?.focus();
  }, [view, gateway, main]);
}

/** What had the focus is gone with the view before, or leads to another view than the one that is shown. */
function isFocusBehind(): boolean {
  const { activeElement, body } = document;
  if (activeElement === null || activeElement === body) return true;
  return activeElement.closest('nav') !== null && !activeElement.matches('[aria-current=page]');
}

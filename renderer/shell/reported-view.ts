/** Tells the app which view is shown, so that the desktop is not told what is in sight. */
import { useEffect } from 'react';
import { useHoldfast, useShownGatewayId, useShownView } from '../store/hooks.ts';
import { isGatewayView } from '../store/view.ts';

export function useReportedView(): void {
  const { send } = useHoldfast();
  const view = useShownView();
  const id = useShownGatewayId() ?? null;
  const gateway = isGatewayView(view) ? id : null;
  useEffect(() => {
    void send('view.shown', { view, gateway });
  }, [send, view, gateway]);
}

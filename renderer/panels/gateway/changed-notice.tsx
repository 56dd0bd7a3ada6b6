/** A profile that was changed while its gateway runs, and the button that makes it count. */

import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useGatewayActions } from '../../store/gateway-actions.ts';
import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/messages.tsx';

export function ChangedNotice({ gateway }: { readonly gateway: GatewayView }) {
  const { restart } = useGatewayActions(gateway);
  if (!gateway.waitsForStart) return null;
  return (
    <Banner
      tone="info"
      title={words.gateway.changed}
      testId="gateway-changed"
      actions={
        <Button
          icon={restart.icon}
          disabled={!restart.enabled}
          busy={restart.busy}
          onClick={restart.run}
          testId="changed-restart"
        >
          {restart.name}
        </Button>
      }
    >
      {words.gateway.changedMore}
    </Banner>
  );
}

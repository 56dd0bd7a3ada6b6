/** Says that a gateway keeps to an older build since an update failed for it, and lets one try again. */
import type { GatewayView, Pinned } from '../../../electron/contract/gateway.ts';
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';

interface Props {
  readonly gateway: GatewayView;
  readonly pinned: Pinned;
  readonly connected: boolean;
}

export function PinnedNotice({ gateway, pinned, connected }: Props) {
  const { send } = useHoldfast();
  const { id, name } = gateway;
  const busy = useBusy(`update ${id}`);
  return (
    <Banner
      tone="warning"
      title={`${name} runs the previous build ${pinned.version} since the update to ${pinned.failedVersion} failed.`}
      testId="gateway-pinned"
      actions={
        <Button
          icon="restart"
          disabled={!connected}
          busy={busy}
          onClick={() => void send('gateway.update', { id }, `update ${id}`)}
          testId="gateway-update"
        >
          Try again
        </Button>
      }
    >
      {pinned.reason}
    </Banner>
  );
}

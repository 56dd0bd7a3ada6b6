/** A button that sends one of the update's intents, busy until it was taken. */
import type { BridgeCall } from '../../bridge.ts';
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';

type SimpleCall = Extract<
  BridgeCall,
  | 'update.check'
  | 'update.download'
  | 'update.pause'
  | 'update.cancel'
  | 'update.install'
  | 'update.retry'
>;

interface CallButtonProps {
  readonly call: SimpleCall;
  readonly label: string;
  readonly primary?: boolean;
}

export function CallButton({ call, label, primary = false }: CallButtonProps) {
  const { send } = useHoldfast();
  const busy = useBusy(call);
  return (
    <Button
      kind={primary ? 'primary' : 'secondary'}
      busy={busy}
      onClick={() => void send(call, null)}
      testId={call.replace('.', '-')}
    >
      {label}
    </Button>
  );
}

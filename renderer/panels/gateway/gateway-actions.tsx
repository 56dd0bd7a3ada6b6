/** Start, Restart and Stop of the gateway that is shown; each enabled only where it means something. */

import { useEffect, useState } from 'react';
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { type GatewayAction, useGatewayActions } from '../../store/gateway-actions.ts';
import { useApp, useBusy, useHoldfast, useKeys } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';

export function GatewayActions({ gateway }: { readonly gateway: GatewayView }) {
  const { send } = useHoldfast();
  const { id, state, restartWhenIdle = false } = gateway;
  const { start, restart, stop } = useGatewayActions(gateway);
  const connected = useApp(({ link }) => link.status === 'connected');
  const ending = useBusy(`end ${id}`);
  const busy = gateway.report?.busy ?? 0;
  const takesLong = useLasting(state.status === 'stopping' && state.next !== 'release', longStopMs);
  if (takesLong) {
    // Nothing else can be asked of it until it has ended.
    return (
      <fieldset className="hero-actions" aria-label={words.gateway.control(gateway.name)}>
        <Button
          kind="danger"
          icon="stop"
          disabled={!connected}
          busy={ending}
          onClick={() => void send('gateway.endNow', { id }, `end ${id}`)}
          testId="gateway-end-now"
        >
          {words.gateway.endNow}
        </Button>
      </fieldset>
    );
  }
  return (
    <fieldset className="hero-actions" aria-label={words.gateway.control(gateway.name)}>
      <ActionButton
        action={start}
        command="start"
        kind={start.enabled ? 'primary' : 'secondary'}
        testId="gateway-start"
      />
      <ActionButton action={restart} command="restart" testId="gateway-restart" />
      {busy > 0 && (
        <Button
          disabled={!restart.enabled}
          pressed={restartWhenIdle}
          onClick={() =>
            void send(
              'gateway.restart',
              { id, when: restartWhenIdle ? 'not' : 'idle' },
              `restart ${id} when idle`,
            )
          }
          testId="gateway-restart-idle"
        >
          {restartWhenIdle ? words.gateway.restartsWhenIdle : words.gateway.restartWhenIdle}
        </Button>
      )}
      <ActionButton action={stop} command="stop" testId="gateway-stop" />
    </fieldset>
  );
}

/** A stop that is over sooner needs no button, and a second click on Stop must not hit it. */
const longStopMs = 3_000;

/** Whether `active` has been true for `ms`. */
function useLasting(active: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!active) return;
    const timer = setTimeout(() => setLasting(true), ms);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [active, ms]);
  return lasting;
}

interface ActionButtonProps {
  readonly action: GatewayAction;
  readonly command: 'start' | 'restart' | 'stop';
  readonly kind?: 'primary' | 'secondary';
  readonly testId: string;
}

function ActionButton({ action, command, kind = 'secondary', testId }: ActionButtonProps) {
  const keys = useKeys(command);
  return (
    <Button
      kind={kind}
      icon={action.icon}
      disabled={!action.enabled}
      busy={action.busy}
      keys={keys}
      onClick={action.run}
      testId={testId}
    >
      {action.name}
    </Button>
  );
}

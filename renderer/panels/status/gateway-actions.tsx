/** Start, Stop and Restart; each enabled only where it means something. */
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import { actionsFor } from '../../store/selectors.ts';
import { Button } from '../../ui/button.tsx';

interface Props {
  readonly gateway: GatewayView;
  readonly connected: boolean;
}

export function GatewayActions({ gateway, connected }: Props) {
  const { send } = useHoldfast();
  const { id, state } = gateway;
  const actions = actionsFor(gateway, connected);
  const busy = gateway.report?.busy ?? 0;
  const start = useBusy(`start ${id}`);
  const stop = useBusy(`stop ${id}`);
  const restart = useBusy(`restart ${id}`);
  return (
    <fieldset className="hero-actions" aria-label={`Control ${gateway.name}`}>
      <Button
        kind={actions.start ? 'primary' : 'secondary'}
        icon="play"
        disabled={!actions.start}
        busy={start}
        onClick={() => void send('gateway.start', { id }, `start ${id}`)}
        testId="gateway-start"
      >
        {state.status === 'waiting' ? 'Start now' : 'Start'}
      </Button>
      <Button
        icon="restart"
        disabled={!actions.restart}
        busy={restart}
        onClick={() => void send('gateway.restart', { id }, `restart ${id}`)}
        testId="gateway-restart"
      >
        Restart
      </Button>
      {busy > 0 && (
        <Button
          disabled={!actions.restart || gateway.restartWhenIdle === true}
          onClick={() =>
            void send('gateway.restart', { id, when: 'idle' }, `restart ${id} when idle`)
          }
          testId="gateway-restart-idle"
        >
          {gateway.restartWhenIdle ? 'Restarts when idle' : 'Restart when idle'}
        </Button>
      )}
      <Button
        icon="stop"
        disabled={!actions.stop}
        busy={stop}
        onClick={() => void send('gateway.stop', { id }, `stop ${id}`)}
        testId="gateway-stop"
      >
        Stop
      </Button>
    </fieldset>
  );
}

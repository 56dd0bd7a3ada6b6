/** What a gateway printed before it ended: most often the reason stands there. */
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';

export function LastOutput({ gateway }: { readonly gateway: GatewayView }) {
  const { chooseGateway, open } = useHoldfast();
  const { state, lastExit } = gateway;
  const away = state.status === 'waiting' || state.status === 'failed';
  const lines = lastExit?.output ?? [];
  if (!away || lines.length === 0) return null;
  return (
    <Card
      title="What it printed last"
      testId="last-output"
      aside={
        <Button
          kind="quiet"
          onClick={() => {
            chooseGateway(gateway.id);
            open('logs');
          }}
          testId="last-output-log"
        >
          Show the log
        </Button>
      }
    >
      <pre className="last-output">{lines.join('\n')}</pre>
    </Card>
  );
}

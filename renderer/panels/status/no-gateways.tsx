/** The first thing a new user sees when nothing is set up. */
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';

export function NoGateways() {
  const { send } = useHoldfast();
  const busy = useBusy('add');
  return (
    <Empty
      icon="gateway"
      title="No gateways yet"
      testId="no-gateways"
      actions={
        <>
          <Button
            kind="primary"
            busy={busy}
            testId="add-reference"
            onClick={() =>
              void send(
                'profile.save',
                {
                  profile: {
                    schema: 1,
                    id: 'reference',
                    name: 'Reference gateway',
                    program: { type: 'shipped', name: 'reference-gateway' },
                    port: REFERENCE_PORT,
                    readiness: { type: 'http', path: '/readyz' },
                    liveness: { type: 'http', path: '/healthz' },
                    status: { path: '/status' },
                    update: { policy: 'swap' },
                  },
                },
                'add',
              )
            }
          >
            Add the built-in gateway
          </Button>
          <Button
            icon="folder"
            testId="profiles-reveal"
            onClick={() => void send('profile.reveal', null)}
          >
            Open profiles folder
          </Button>
        </>
      }
    >
      Holdfast keeps long-running servers alive: it starts them, watches them, restarts them and
      carries them through updates. Add the built-in one to see how that works, or put the profile
      of your own into the profiles folder: it appears here at once.
    </Empty>
  );
}

/** Free on most machines: outside every system's range of passing ports, and used by nothing known. */
const REFERENCE_PORT = 18_790;

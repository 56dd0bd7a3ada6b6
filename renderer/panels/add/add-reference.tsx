/** The gateway that ships with Holdfast. */
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';

/** Free on most machines: outside every system's range of passing ports, and used by nothing known. */
const REFERENCE_PORT = 18_790;

export function AddReference({ primary = false }: { readonly primary?: boolean }) {
  const { send } = useHoldfast();
  const busy = useBusy('add');
  return (
    <Button
      kind={primary ? 'primary' : 'secondary'}
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
  );
}

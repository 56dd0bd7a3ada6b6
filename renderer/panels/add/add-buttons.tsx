/** Two ways to a gateway that need no form: the demo gateway, and a profile file of one's own. */
import { demoProfile } from '../../../electron/contract/demo-gateway.ts';
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';

export function AddDemo({ primary = false }: { readonly primary?: boolean }) {
  const { send } = useHoldfast();
  const busy = useBusy('add');
  return (
    <Button
      kind={primary ? 'primary' : 'secondary'}
      busy={busy}
      testId="add-demo"
      onClick={() => void send('profile.save', { profile: demoProfile() }, 'add')}
    >
      Add the demo gateway (comes with Holdfast)
    </Button>
  );
}

export function OpenProfilesFolder() {
  const { send } = useHoldfast();
  return (
    <Button
      icon="folder"
      testId="profiles-reveal"
      onClick={() => void send('profile.reveal', null)}
    >
      Open profiles folder
    </Button>
  );
}

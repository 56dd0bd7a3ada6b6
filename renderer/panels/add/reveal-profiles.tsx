/** Shows the folder in which the profiles lie. */
import { useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';

export function RevealProfiles() {
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

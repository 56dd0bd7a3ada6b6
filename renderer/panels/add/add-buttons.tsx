/** Two ways to a gateway that need no form: the demo gateway, and a profile file of one's own. */

import { demoGateway, demoProfile } from '../../../electron/contract/demo-gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useBusy, useHoldfast } from '../../store/hooks.ts';
import { useUndoAdd } from '../../store/undo-add.ts';
import { Button } from '../../ui/button.tsx';

export function AddDemo() {
  const { send, tell, openGateway } = useHoldfast();
  const busy = useBusy('add');
  const undo = useUndoAdd();
  const add = async (): Promise<void> => {
    const { id, name } = demoGateway;
    if (!(await send('profile.save', { profile: demoProfile() }, 'add'))) return;
    openGateway(id, 'status');
    tell(words.offered.added(name), { name: words.common.undo, run: () => void undo(id) });
  };
  return (
    <Button busy={busy} testId="add-demo" onClick={() => void add()}>
      {words.adding.demo}
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
      {words.profile.openFolder}
    </Button>
  );
}

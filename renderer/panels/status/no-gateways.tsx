/** The first thing a new user sees when nothing is set up. */
import { useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/messages.tsx';
import { AddDemo, OpenProfilesFolder } from '../add/add-buttons.tsx';

export function NoGateways() {
  const { open } = useHoldfast();
  return (
    <Empty
      icon="gateway"
      title="No gateways yet"
      testId="no-gateways"
      actions={
        <>
          <AddDemo primary />
          <Button icon="plus" testId="no-gateways-add" onClick={() => open('add')}>
            Add one of your own
          </Button>
          <OpenProfilesFolder />
        </>
      }
    >
      Holdfast keeps long-running servers alive: it starts them, watches them, restarts them and
      brings them through updates. Add the demo gateway to see how that works, or one of your own.
    </Empty>
  );
}

/** The first thing a new user sees when nothing is set up. */
import { useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { AddReference } from '../add/add-reference.tsx';
import { RevealProfiles } from '../add/reveal-profiles.tsx';

export function NoGateways() {
  const { open } = useHoldfast();
  return (
    <Empty
      icon="gateway"
      title="No gateways yet"
      testId="no-gateways"
      actions={
        <>
          <AddReference primary />
          <Button icon="plus" testId="no-gateways-add" onClick={() => open('add')}>
            Add one of your own
          </Button>
          <RevealProfiles />
        </>
      }
    >
      Holdfast keeps long-running servers alive: it starts them, watches them, restarts them and
      carries them through updates. Add the built-in one to see how that works, or one of your own.
    </Empty>
  );
}

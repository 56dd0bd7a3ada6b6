/** Asks what to do with the running gateways, before quitting, until the user has it remember the answer. */
import { useState } from 'react';
import { list } from '../format/quantities.ts';
import { useApp, useBusy, useHoldfast } from '../store/hooks.ts';
import { Button } from '../ui/button.tsx';
import { Check } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';

export function QuitDialog() {
  const question = useApp((state) => state.question);
  return question ? <QuitQuestion running={question.running} /> : null;
}

function QuitQuestion({ running }: { readonly running: readonly string[] }) {
  const { send } = useHoldfast();
  const busy = useBusy('quit.answer');
  const [remember, setRemember] = useState(false);
  const gateways = useApp((state) => state.gateways);
  const names = running.map((id) => gateways[id]?.name ?? id);
  const one = names.length === 1;
  const answer = (choice: 'keep' | 'stop' | 'cancel'): void => {
    void send('quit.answer', { choice, remember: choice === 'cancel' ? false : remember });
  };
  return (
    <Dialog
      title={one ? 'Keep the gateway running?' : 'Keep the gateways running?'}
      onCancel={() => answer('cancel')}
      testId="quit-dialog"
      actions={
        <>
          <Button
            kind="quiet"
            disabled={busy}
            onClick={() => answer('cancel')}
            testId="quit-cancel"
          >
            Cancel
          </Button>
          <Button kind="danger" disabled={busy} onClick={() => answer('stop')} testId="quit-stop">
            Stop and quit
          </Button>
          <Button kind="primary" disabled={busy} onClick={() => answer('keep')} testId="quit-keep">
            Keep running and quit
          </Button>
        </>
      }
    >
      <p>
        {list(names)} {one ? 'is' : 'are'} running. Holdfast’s background service can go on looking
        after {one ? 'it' : 'them'} while Holdfast is closed.
      </p>
      <Check kind="checkbox" checked={remember} onChange={setRemember} testId="quit-remember">
        Remember my choice
      </Check>
    </Dialog>
  );
}

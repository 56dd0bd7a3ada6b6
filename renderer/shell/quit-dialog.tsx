/** Asks what to do with the running gateways, before quitting, until the user has it remember the answer. */

import { useState } from 'react';
import { words } from '../../electron/words/spoken.ts';
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
  const answer = (choice: 'keep' | 'stop' | 'cancel'): void => {
    void send('quit.answer', { choice, remember: choice === 'cancel' ? false : remember });
  };
  return (
    <Dialog
      title={words.quitting.title(names.length)}
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
            {words.common.cancel}
          </Button>
          <Button kind="danger" disabled={busy} onClick={() => answer('stop')} testId="quit-stop">
            {words.quitting.stop}
          </Button>
          <Button kind="primary" disabled={busy} onClick={() => answer('keep')} testId="quit-keep">
            {words.quitting.keep}
          </Button>
        </>
      }
    >
      <p>{words.quitting.more(names)}</p>
      <Check kind="checkbox" checked={remember} onChange={setRemember} testId="quit-remember">
        {words.quitting.remember}
      </Check>
    </Dialog>
  );
}

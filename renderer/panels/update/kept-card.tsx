/** The version that was installed before, while it is kept: the way back to it, once its user has agreed. */
import { useState } from 'react';
import type { UpdateState, UpdateStatus } from '../../../electron/contract/update.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** While nothing else is done about versions. */
const settled: ReadonlySet<UpdateStatus> = new Set<UpdateStatus>([
  'idle',
  'up-to-date',
  'available',
  'ready',
  'failed',
]);

export function KeptCard({ update }: { readonly update: UpdateState }) {
  const kept = useApp((state) => state.keptVersion);
  const connected = useApp((state) => state.link.status === 'connected');
  const [asking, setAsking] = useState(false);
  if (kept === null || !settled.has(update.status)) return null;
  return (
    <Card
      title={words.updating.kept(kept)}
      aside={
        <Button
          icon="restart"
          disabled={!connected}
          onClick={() => setAsking(true)}
          testId="go-back"
        >
          {words.updating.goBack(kept)}
        </Button>
      }
      testId="kept-card"
    >
      <p className="card-lead">{words.updating.keptMore}</p>
      {asking && <Question version={kept} close={() => setAsking(false)} />}
    </Card>
  );
}

function Question({ version, close }: { readonly version: string; readonly close: () => void }) {
  const { send } = useHoldfast();
  const own = useApp((state) => state.app.version);
  const goBack = (): void => {
    close();
    void send('update.goBack', null);
  };
  return (
    <Dialog
      title={words.updating.goBackTitle(version)}
      onCancel={close}
      testId="go-back-question"
      actions={
        <>
          <Button onClick={close}>{words.common.cancel}</Button>
          <Button kind="primary" onClick={goBack} testId="go-back-now">
            {words.updating.goBackNow}
          </Button>
        </>
      }
    >
      <p>{words.updating.goBackText(version)}</p>
      <p>{words.updating.goBackAfter(own)}</p>
    </Dialog>
  );
}

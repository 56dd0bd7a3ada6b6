/** Gateways into a file, and out of one. */
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { useUndoAdd } from '../../store/undo-add.ts';
import { Button } from '../../ui/button.tsx';

/** Of one gateway; without `id`, of all. */
export function ExportButton({ id }: { readonly id?: string }) {
  const { ask, tell, warn } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const run = async (): Promise<void> => {
    try {
      const done = await ask('gateways.export', id === undefined ? {} : { id });
      if (done) tell(words.transfer.exported(done.count, done.file));
    } catch (error) {
      warn(error);
    }
  };
  return (
    <Button disabled={!connected} onClick={() => void run()} testId="gateways-export">
      {id === undefined ? words.transfer.exportAll : words.transfer.export}
    </Button>
  );
}

export function ImportButton() {
  const { ask, tell, warn, open } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const undo = useUndoAdd();
  const run = async (): Promise<void> => {
    try {
      const added = await ask('gateways.import', null);
      if (!added) return;
      open('home');
      tell(words.transfer.imported(added.map(({ name }) => name).join(', ')), {
        name: words.common.undo,
        run: () => void Promise.all(added.map(({ id }) => undo(id))),
      });
    } catch (error) {
      warn(error);
    }
  };
  return (
    <Button disabled={!connected} onClick={() => void run()} testId="gateways-import">
      {words.transfer.import}
    </Button>
  );
}

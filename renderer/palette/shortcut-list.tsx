/** The list of all keys, as a dialog. */
import { commands, keysOf, shortcuts } from '../../electron/contract/shortcuts.ts';
import { words } from '../../electron/words/spoken.ts';
import { useApp, useHoldfast, useView } from '../store/hooks.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

const groups = ['anywhere', 'window', 'gateway'] as const;

export function ShortcutList() {
  const { view } = useHoldfast();
  const open = useView(({ dialog }) => dialog === 'shortcuts');
  const platform = useApp(({ app }) => app.platform);
  if (!open) return null;
  const close = (): void => view.setState({ dialog: null });
  return (
    <Dialog
      title={words.keys.title}
      onCancel={close}
      testId="shortcut-list"
      actions={
        <Button kind="primary" onClick={close} testId="shortcut-list-close">
          {words.common.close}
        </Button>
      }
    >
      <div className="keys">
        {groups.map((group) => (
          <section key={group}>
            <h3>{words.keys.groups[group]}</h3>
            <dl>
              {commands
                .filter((command) => shortcuts[command].group === group)
                .map((command) => (
                  <div key={command}>
                    <dt>{words.commands[command]}</dt>
                    <dd>
                      <kbd>{keysOf(command, platform)}</kbd>
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** How the command line is put on the PATH. */
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Check } from '../../ui/choice.tsx';

/** What a shell reads as one word. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** With a heading of its own. */
export function CommandLineHint() {
  return (
    <div className="command-hint">
      <h2 className="card-title">{words.welcome.terminal}</h2>
      <CommandLine />
    </div>
  );
}

export function CommandLineCard() {
  return (
    <Card title={words.welcome.terminal} testId="settings-command-line">
      <CommandLine />
    </Card>
  );
}

/** A switch where Holdfast can put it on the PATH itself, else a line to copy. */
function CommandLine() {
  const { send } = useHoldfast();
  const onPath = useApp(({ app }) => app.launcherOnPath);
  if (onPath === null) return <LineToCopy />;
  return (
    <Check
      kind="switch"
      checked={onPath}
      onChange={(on) => void send('launcher.onPath', { on })}
      hint={words.welcome.onPathHint}
      testId="command-line-on-path"
    >
      {words.welcome.onPath}
    </Check>
  );
}

function LineToCopy() {
  const { tell } = useHoldfast();
  const { launcher, platform } = useApp(({ app }) => app);
  const onWindows = platform === 'win32';
  const line = onWindows
    ? launcher.replace(/[\\/][^\\/]*$/, '')
    : `ln -s ${quoted(launcher)} ~/.local/bin/`;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(line);
      tell(words.common.copied);
    } catch {
      tell(words.common.noClipboard);
    }
  };
  return (
    <>
      <p className="card-note">
        {onWindows ? words.welcome.terminalHintWindows : words.welcome.terminalHint}
      </p>
      <div className="with-action">
        <code className="command-line" data-testid="welcome-command-line">
          {line}
        </code>
        <Button icon="copy" onClick={() => void copy()} testId="welcome-copy">
          {words.common.copy}
        </Button>
      </div>
    </>
  );
}

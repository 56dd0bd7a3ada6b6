/** How the command line is put on the PATH: a line to copy. */
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';

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

function CommandLine() {
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

/** The keys that work in every view, from the table of shortcuts; closing and quitting are left to the menu. */
import { useEffect } from 'react';
import { commandOf } from '../../electron/contract/shortcuts.ts';
import { runCommand } from '../palette/commands.ts';
import { useApp, useHoldfast } from '../store/hooks.ts';

export function useShortcuts(): void {
  const holdfast = useHoldfast();
  const platform = useApp(({ app }) => app.platform);
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const command = commandOf(event, platform);
      if (command === null) return;
      const { dialog } = holdfast.view.getState();
      if (dialog !== null && dialog === command) {
        // The same keys close what they have opened.
        holdfast.view.setState({ dialog: null });
        event.preventDefault();
        return;
      }
      // What is asked in a dialog comes first.
      if (document.querySelector('dialog[open]') !== null) return;
      if (runCommand(holdfast, command)) event.preventDefault();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [holdfast, platform]);
}

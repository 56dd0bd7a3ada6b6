/** Keys that work in every view: Ctrl/Cmd + F searches the log, + comma opens settings, + 1 to 4 the views. */
import { useEffect } from 'react';
import { useHoldfast } from '../store/hooks.ts';
import type { View } from '../store/view.ts';

const keys: Readonly<Record<string, View>> = {
  ',': 'settings',
  '1': 'home',
  '2': 'status',
  '3': 'update',
  '4': 'settings',
};

export function useShortcuts(): void {
  const { find, open } = useHoldfast();
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (event.key.toLowerCase() === 'f') {
        event.preventDefault();
        find();
        return;
      }
      const view = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
      if (!view) return;
      event.preventDefault();
      open(view);
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [find, open]);
}

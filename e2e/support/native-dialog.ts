/** Answers the system's dialogs as a person does: by keys (X11). */
import { expect } from '@playwright/test';
import { otherWindowsOf, pressIn } from './app-window.ts';
import type { DesktopApp } from './desktop-app.ts';

/** How the app is started so that its dialogs are there: else no test has to answer them. */
export const withDialogs = { env: { HOLDFAST_DIALOGS: 'shown' } } as const;

/** Waits for the dialog, presses `keys` in it (X11's names, or a path to type), and waits until it is gone. */
export async function answerDialog(app: DesktopApp, ...keys: readonly string[]): Promise<void> {
  let dialog: string | undefined;
  await expect
    .poll(() => {
      [dialog] = otherWindowsOf(app);
      return dialog;
    }, 'the dialog')
    .toBeDefined();
  if (dialog === undefined) return;
  pressIn(dialog, keys);
  await expect.poll(() => otherWindowsOf(app), 'the dialog is closed').toEqual([]);
}

/** The question of the system, outside the window's page, before something new is run for it. */
import { type BrowserWindow, dialog } from 'electron';
import type { CommandQuestion } from '../ipc/profile-guard.ts';

/** Resolves with true when the user agrees. */
export async function confirmCommand(
  window: BrowserWindow,
  { name, lines }: CommandQuestion,
): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: `Do you want Holdfast to run this as “${name}”?`,
    detail: lines.join('\n'),
    buttons: ['Keep it running', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

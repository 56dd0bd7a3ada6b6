/** What the desktop does for the app: its dialogs and its file manager. */
import { type BrowserWindow, dialog, shell } from 'electron';
import { ContractError } from '../contract/define.ts';
import { errorText } from '../contract/error-text.ts';
import { plainText } from '../contract/plain-text.ts';
import type { CommandQuestion } from '../ipc/profile-guard.ts';
import { words } from '../words/spoken.ts';
import { isWebAddress } from './lockdown-rules.ts';

/** Asks, outside the window's page, before the app runs something new; true when the user agrees. */
export async function confirmCommand(
  window: BrowserWindow,
  { name, lines }: CommandQuestion,
): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: words.dialogs.runThis(name),
    detail: lines.join('\n'),
    buttons: [words.dialogs.lookAfter, words.dialogs.cancel],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

/** The dialog in which the user chooses a program or a folder; null when they do not. */
export async function choosePath(
  window: BrowserWindow,
  kind: 'program' | 'folder',
  from: string | undefined,
): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: kind === 'program' ? words.dialogs.chooseProgram : words.dialogs.chooseFolder,
    buttonLabel: words.dialogs.choose,
    ...(from === undefined ? {} : { defaultPath: from }),
    properties: [kind === 'program' ? 'openFile' : 'openDirectory', 'showHiddenFiles'],
  });
  return filePaths[0] ?? null;
}

/** The dialog in which the user chooses a file of gateways; null when they do not. */
export async function chooseGateways(window: BrowserWindow): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: words.transfer.importTitle,
    buttonLabel: words.dialogs.choose,
    filters: [{ name: 'json', extensions: ['json'] }],
    properties: ['openFile', 'showHiddenFiles'],
  });
  return filePaths[0] ?? null;
}

/** Opens `file` with the program that is made for it; rejects with a sentence. */
export async function openFile(file: string): Promise<void> {
  const problem = await shell.openPath(file);
  if (problem) throw new ContractError(`The file ${file} could not be opened: ${problem}`);
}

/**
 * Opens an address that a gateway has written in the user's browser, when the user agrees to that very
 * address; rejects with a sentence.
 */
export async function openAddress(
  address: string,
  agree: (address: string) => Promise<boolean>,
): Promise<void> {
  if (!isWebAddress(address)) {
    throw new ContractError('Only addresses that begin with http:// or https:// are opened.');
  }
  const { href } = new URL(address);
  if (!(await agree(href))) return;
  await shell.openExternal(href).catch((error: unknown) => {
    throw new ContractError(`The browser could not be opened: ${errorText(error)}`);
  });
}

/** Asks, outside the window's page, before an address is opened that a log names. */
export async function confirmAddress(window: BrowserWindow, address: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: words.dialogs.openAddress,
    detail: address,
    buttons: [words.dialogs.open, words.dialogs.cancel],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

/** Asks, outside the window's page, before messages are sent to a new host; true when the user agrees. */
export async function confirmPhone(window: BrowserWindow, host: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: words.dialogs.sendThere,
    detail: plainText(host),
    buttons: [words.dialogs.send, words.dialogs.cancel],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

/** Opens `folder` in the file manager; rejects with a sentence. */
export async function openFolder(folder: string): Promise<void> {
  const problem = await shell.openPath(folder);
  if (problem) throw new ContractError(`The folder ${folder} could not be opened: ${problem}`);
}

/** Asks where a file is written, and proposes `name` with today's date; null: nowhere. */
export async function askWhereToSave(
  window: BrowserWindow,
  title: string,
  name: string,
): Promise<string | null> {
  const dot = name.lastIndexOf('.');
  const extension = name.slice(dot + 1);
  const today = new Date().toISOString().slice(0, 10);
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title,
    defaultPath: `holdfast-${name.slice(0, dot)}-${today}.${extension}`,
    filters: [{ name: extension, extensions: [extension] }],
  });
  return canceled || filePath === '' ? null : filePath;
}

/** Shows `file` in its folder. */
export function revealFile(file: string): void {
  shell.showItemInFolder(file);
}

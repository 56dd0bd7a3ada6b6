/** Checks what starts Holdfast's background service at login: wanted or not, there or not, and leading somewhere. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { StateFolder } from '../../files/state-folder.ts';
import { type LoginEntries, loginEntries, loginEntryId } from '../../process/index.ts';
import { ownSettings } from '../own-settings.ts';
import { type Finding, fail, pass, skip } from './finding.ts';

export function inspectLogin(state: StateFolder, entries = loginEntries()): Finding {
  const settings = ownSettings(state);
  if (settings === null) return skip('login', 'The settings can’t be read.');
  const wanted = settings.startAtLogin;
  const wrong = loginTrouble(state, wanted, entries);
  if (wrong !== null) return fail('login', `${wrong} To mend it: holdfast doctor --repair`);
  return wanted
    ? pass('login', 'The background service is started at login.')
    : skip('login', 'It is not to be started at login.');
}

/** A sentence; null when the entry is as it should be. */
export function loginTrouble(
  state: StateFolder,
  wanted: boolean,
  entries: LoginEntries,
): string | null {
  const id = loginEntryId(state.root);
  const text = entries.says(id);
  const file = entries.file(id);
  if (!wanted) return text === null ? null : `${file} starts it at login, which is switched off.`;
  if (text === null) return 'It is to be started at login, and there is no entry for that.';
  if (!entries.isEnabled(id)) return `The entry that starts it at login is switched off: ${file}`;
  const gone = stagesIn(text).find((name) => !existsSync(path.join(state.staged, name)));
  return gone === undefined
    ? null
    : `The entry that starts it at login names ${gone}, which is gone: ${file}`;
}

/** The staged folders that a text names. */
export function stagesIn(text: string): string[] {
  return text.match(/\b(?:bundle|runtime)-[a-f0-9]{16}\b/g) ?? [];
}

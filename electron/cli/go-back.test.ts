/** `holdfast update --back`, with a program in the place of the app that does not go back. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { recordAppProgram } from '../link/app-program.ts';
import { writeRefusedReturn } from '../link/refused-return.ts';
import { watcherWith } from '../testing/app-states.ts';
import { scriptedLink } from '../testing/scripted-link.ts';
import { keptFileOf, writeKept } from '../transaction/kept.ts';
import { goBack } from './go-back.ts';

let folder: string;
let state: StateFolder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-back-'));
  state = stateFolder(path.join(folder, 'state'));
  prepareStateFolder(state);
  const file = keptFileOf(path.join(folder, 'Holdfast.AppImage'));
  writeFileSync(file, 'old');
  const sha512 = createHash('sha512').update('old').digest('base64');
  writeKept(state, { schema: 1, version: '0.9.0', build: '0.9.0+kept', file, sha512, size: 3 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const around = {
  platform: process.platform,
  env: { ...process.env, DISPLAY: ':7' },
  settleMs: 20_000,
};
const voice = { print: () => undefined, warn: () => undefined };

it('says why the app does not go back, and nothing of an earlier refusal [R157]', async () => {
  writeRefusedReturn(state, { message: 'Of yesterday.' });
  const app = path.join(folder, 'app.cjs');
  const answer = JSON.stringify({ message: 'The disk is full.', hint: 'Free some space.' });
  const words = [state.refusedReturn, answer, { mode: 0o600 }].map((word) => JSON.stringify(word));
  writeFileSync(
    app,
    `const fs = require('node:fs');
    if (!fs.existsSync(${words[0]})) fs.writeFileSync(${words});`,
  );
  recordAppProgram(state, { command: process.execPath, args: [app] });
  const link = scriptedLink({
    ...{ watcher: () => watcherWith([]), listeners: new Set(), calls: [], staged: state.staged },
    answer: () => undefined,
  });
  await expect(goBack({ link, state, voice, ask: null }, true, around)).rejects.toThrow(
    'Holdfast has not gone back. The disk is full. Free some space.',
  );
});

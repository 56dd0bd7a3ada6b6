import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareStateFolder, type StateFolder, stateFolder } from '../../files/state-folder.ts';
import { recordAppProgram } from '../../link/app-program.ts';
import { inspectSandbox } from './inspect-sandbox.ts';

let folder: string;
let state: StateFolder;
let image: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-sandbox-'));
  state = stateFolder(path.join(folder, 'state'));
  prepareStateFolder(state);
  image = path.join(folder, 'Holdfast.AppImage');
  writeFileSync(image, '\x7fELF\x02\x01\x01\x00AI\x02\x00', 'latin1');
});
afterEach(() => rmSync(folder, { recursive: true }));

const allowed = () => ({ allowed: true }) as const;
const refused = () => ({ allowed: false, setting: 'user.max_user_namespaces' }) as const;

it('nothing is said of an app that was never started', () => {
  expect(inspectSandbox(state, refused)).toMatchObject({ name: 'sandbox', result: 'skip' });
});

it('an app that was started without a sandbox is a fault, with what to do', () => {
  recordAppProgram(state, { command: process.execPath, args: ['--no-sandbox'] });
  expect(inspectSandbox(state, allowed)).toMatchObject({
    result: 'fail',
    detail: expect.stringMatching(/started with --no-sandbox\..* Start Holdfast without that word/),
  });
});

it('an AppImage is a fault where it starts without a sandbox, and no other app is', () => {
  recordAppProgram(state, { command: process.execPath, args: [] });
  expect(inspectSandbox(state, refused).result).toBe('pass');
  recordAppProgram(state, { command: image, args: [] });
  expect(inspectSandbox(state, allowed).result).toBe('pass');
  expect(inspectSandbox(state, refused)).toMatchObject({
    result: 'fail',
    detail: expect.stringMatching(/user\.max_user_namespaces.* sudo sysctl/),
  });
});

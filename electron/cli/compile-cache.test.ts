/** What Node has compiled of the command line is kept, for one build, and is never needed. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StateFolder, stateFolder } from '../files/state-folder.ts';
import { runHoldfast } from '../testing/command-line.ts';

let folder: string;
let state: StateFolder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-compiled-'));
  state = stateFolder(path.join(folder, 'state'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const list = () => runHoldfast(state.root, ['list'], { NODE_COMPILE_CACHE: undefined });

it('it is kept in the state folder, and that of another build is removed', async () => {
  const old = path.join(state.compiled, '0.0.1-other');
  mkdirSync(old, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(old, 'piece'), '');
  await list();
  const kept = readdirSync(state.compiled);
  expect(kept).toEqual(['0.0.0-dev']);
  const pieces = readdirSync(path.join(state.compiled, '0.0.0-dev'), { recursive: true });
  expect(pieces.length).toBeGreaterThan(3);
});

it('a state folder that does not exist is not made for it', async () => {
  const { err } = await list();
  expect(err).toMatch(/does not run/);
  expect(existsSync(state.root)).toBe(false);
});

it('where it can’t be kept, nothing is said about it', async () => {
  mkdirSync(state.root, { mode: 0o700 });
  writeFileSync(state.compiled, 'in the way');
  const { err, code } = await list();
  expect({ err, code }).toEqual({ code: 3, err: expect.not.stringMatching(/EEXIST|ENOTDIR/) });
});

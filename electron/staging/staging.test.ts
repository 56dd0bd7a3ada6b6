/** Staging on a real disk: the content decides the name, and nothing incomplete is ever run. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StateFolder, stateFolder } from '../files/state-folder.ts';
import { createSource } from '../testing/stage-source.ts';
import { collectStaged } from '../transaction/collect-staged.ts';
import { stageWatcher } from './staging.ts';

let folder: string;
let state: StateFolder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-stage-'));
  state = stateFolder(path.join(folder, 'state'));
});
afterEach(() => {
  for (const name of existsSync(state.staged) ? readdirSync(state.staged) : []) {
    chmodSync(path.join(state.staged, name), 0o700);
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Windows has only one of these bits: read-only. */
const readOnly = (mode: number): number => (process.platform === 'win32' ? 0o444 : mode);

it('stages read-only copies under the name of their content, once', async () => {
  const source = createSource(folder);
  const stage = await stageWatcher(state, source);
  expect(path.basename(stage.bundle)).toMatch(/^bundle-[a-f0-9]{16}$/);
  expect(path.basename(path.dirname(stage.runtime))).toMatch(/^runtime-[a-f0-9]{16}$/);
  expect(statSync(stage.runtime).mode & 0o777).toBe(readOnly(0o500));
  expect(statSync(path.join(stage.bundle, 'watcher.cjs')).mode & 0o777).toBe(readOnly(0o400));
  if (process.platform !== 'win32') expect(statSync(stage.bundle).mode & 0o777).toBe(0o500);
  expect(statSync(stage.runtime).ino).not.toBe(statSync(source.runtime).ino);
  const made = statSync(stage.bundle).ino;
  expect(await stageWatcher(state, source)).toEqual(stage);
  expect(statSync(stage.bundle).ino).toBe(made);
});

it('waits until a scanner has let go of a folder that was just written', async () => {
  const held = Object.assign(new Error('held'), { code: 'EPERM' });
  let now = 0;
  let tries = 0;
  const clock = {
    now: () => now,
    after(ms: number, callback: () => void) {
      now += ms;
      const soon = setImmediate(callback);
      return () => clearImmediate(soon);
    },
  };
  const rename = (from: string, to: string) => {
    tries += 1;
    if (now < 3_000) throw held;
    renameSync(from, to);
  };
  const source = createSource(folder);
  const stage = await stageWatcher(state, source, { clock, rename });
  expect(existsSync(stage.runtime)).toBe(true);
  expect(tries).toBeGreaterThan(10);
  // Held for good, it is given up, and nothing is left of it.
  const other = createSource(folder, '9.9.9+other');
  const always = () => {
    throw held;
  };
  await expect(stageWatcher(state, other, { clock, rename: always })).rejects.toThrow(/held/);
  expect(readdirSync(state.staged)).toHaveLength(2);
});

it('gives ten callers at once the same stage, and leaves no drafts', async () => {
  const source = createSource(folder);
  const stages = await Promise.all(Array.from({ length: 10 }, () => stageWatcher(state, source)));
  for (const stage of stages) expect(stage).toEqual(stages[0]);
  expect(readdirSync(state.staged)).toHaveLength(2);
});

it('replaces a file that was changed after it was staged', async () => {
  const source = createSource(folder);
  const stage = await stageWatcher(state, source);
  const file = path.join(stage.bundle, 'watcher.cjs');
  chmodSync(file, 0o600);
  writeFileSync(file, 'process.exit(1);\n');
  expect(await stageWatcher(state, source)).toEqual(stage);
  expect(statSync(file).mode & 0o777).toBe(readOnly(0o400));
});

it('replaces a folder that holds more than its manifest names', async () => {
  const source = createSource(folder);
  const stage = await stageWatcher(state, source);
  chmodSync(stage.bundle, 0o700);
  writeFileSync(path.join(stage.bundle, 'preload.mjs'), 'process.exit(1);\n');
  expect(await stageWatcher(state, source)).toEqual(stage);
  expect(readdirSync(stage.bundle)).not.toContain('preload.mjs');
});

it('refuses a source that is not what its manifest says, and leaves nothing behind', async () => {
  const source = createSource(folder);
  writeFileSync(path.join(source.bundle, 'gateway.mjs'), 'something else\n');
  await expect(stageWatcher(state, source)).rejects.toThrow(/not the file its manifest names/);
  expect(readdirSync(state.staged).filter((name) => !name.startsWith('runtime-'))).toEqual([]);
});

it('keeps what is in use and one to go back to [F54]', async () => {
  const stages = [];
  for (const build of ['a', 'b', 'c', 'd']) {
    const stage = await stageWatcher(state, createSource(folder, build));
    const at = 1_000 + stages.length;
    utimesSync(stage.bundle, at, at);
    stages.push(stage);
  }
  const draft = path.join(state.staged, '.draft-bundle-x');
  writeFileSync(draft, '');
  utimesSync(draft, 1_000, 1_000);
  const used = stages[0];
  if (!used) throw new Error('nothing staged');
  await collectStaged(state, [used.bundle, used.runtime]);
  const left = stages.map(({ bundle }) => existsSync(bundle));
  expect(left).toEqual([true, false, false, true]);
  expect(existsSync(used.runtime)).toBe(true);
  expect(existsSync(draft)).toBe(false);
});

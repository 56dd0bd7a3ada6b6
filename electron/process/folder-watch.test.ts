/** The ear for a folder: a real one, real events, and a clock that is rung by hand. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../testing/processes.ts';
import { type FolderWatch, watchFolder } from './folder-watch.ts';

let root: string;
let folder: string;
let ear: FolderWatch;
let settled: number;
let busy: boolean;
const timers = new Map<() => void, number>();

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'hf-ear-'));
  folder = path.join(root, 'inner', 'profiles');
  mkdirSync(folder, { recursive: true });
  settled = 0;
  busy = false;
  timers.clear();
});
afterEach(() => {
  ear.close();
  rmSync(root, { recursive: true, force: true });
});

function listen(): void {
  ear = watchFolder({
    folder,
    unheard: 'Nothing is noticed',
    clock: {
      now: () => 0,
      after(ms, callback) {
        timers.set(callback, ms);
        return () => timers.delete(callback);
      },
    },
    busy: () => busy,
    onSettled: () => {
      settled += 1;
    },
    onProblem: () => {},
    log: { error: () => {} },
  });
}

/** Waits for an event to wind the clock up, and rings. Answers how long the clock was wound up for. */
async function ring(): Promise<number> {
  const [callback, ms] = await until(() => [...timers][0], 'something to be heard');
  timers.delete(callback);
  callback();
  return ms;
}

it('makes one report of many changes', async () => {
  listen();
  for (const name of ['a', 'b', 'c']) writeFileSync(path.join(folder, `${name}.json`), '{}');
  expect(await ring()).toBe(150);
  expect(settled).toBe(1);
  expect(timers.size).toBe(0);
});

it('holds its report back while there is something else to do, and forgets none', async () => {
  listen();
  busy = true;
  writeFileSync(path.join(folder, 'a.json'), '{}');
  await ring();
  ear.check();
  expect(settled).toBe(0);
  busy = false;
  ear.check();
  ear.check();
  expect(settled).toBe(1);
});

it('hears of a folder that is removed and made again, and then of what is in it', async () => {
  listen();
  rmSync(folder, { recursive: true });
  await ring();
  expect(ear.problem()).toBeNull();
  mkdirSync(folder);
  await ring();
  while (timers.size > 0) await ring();
  const before = settled;
  writeFileSync(path.join(folder, 'a.json'), '{}');
  await ring();
  expect(settled).toBe(before + 1);
});

it('says that it hears nothing, tries again, and takes it back', async () => {
  const inner = path.dirname(folder);
  renameSync(inner, `${inner}.away`);
  listen();
  expect(ear.problem()?.message).toMatch(
    /^Nothing is noticed: the folder .*profiles can’t be watched \(ENOENT\)/,
  );
  renameSync(`${inner}.away`, inner);
  expect(await ring()).toBe(30_000);
  expect(ear.problem()).toBeNull();
  expect(settled).toBe(1);
  writeFileSync(path.join(folder, 'a.json'), '{}');
  expect(await ring()).toBe(150);
});

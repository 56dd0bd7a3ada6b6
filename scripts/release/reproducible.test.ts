/** Two builds of the same sources, in two folders, give the same bytes: what is packed, and the archive of it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPackage } from '@electron/asar';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { differencesOf } from '../lib/compare-folders.mjs';
import { runTool } from '../lib/run.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-twice-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @returns a folder with the archive of what was built and what lies beside it */
async function build(name: string): Promise<string> {
  const out = path.join(folder, name, 'out');
  const args = ['build', '--app', '--configLoader', 'native', '--logLevel', 'error'];
  expect(await runTool('vite', args, { HOLDFAST_OUT: out })).toBe(0);
  await createPackage(out, path.join(folder, name, 'app.asar'));
  return path.join(folder, name);
}

it('two builds of the same sources are the same', async () => {
  const [first, second] = [await build('first'), await build('a folder of another name')];
  expect(differencesOf(first, second)).toEqual([]);
}, 120_000);

it('a difference is named, also inside an archive', async () => {
  const [first, second] = await Promise.all(
    ['first', 'second'].map(async (name) => {
      const packed = path.join(folder, `${name}-content`);
      mkdirSync(path.join(packed, 'deep'), { recursive: true });
      writeFileSync(path.join(packed, 'same'), 'same');
      writeFileSync(path.join(packed, 'deep', 'other'), name);
      const place = path.join(folder, name);
      mkdirSync(place);
      await createPackage(packed, path.join(place, 'app.asar'));
      writeFileSync(path.join(place, `only-${name}`), '');
      return place;
    }),
  );
  expect(differencesOf(first ?? '', second ?? '')).toEqual([
    'app.asar/deep/other',
    'only-first',
    'only-second',
  ]);
});

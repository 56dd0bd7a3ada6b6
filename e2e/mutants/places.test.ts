/** A mutant that no longer finds its place guards nothing: said here, before the long run says it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { appMutants } from './app.ts';
import { gatewayMutants } from './gateway.ts';
import { handoffMutants } from './handoff.ts';
import { presetMutants } from './presets.ts';
import { processMutants } from './process.ts';
import { watcherMutants } from './watcher.ts';
import { watcherFileMutants } from './watcher-files.ts';
import { windowsMutants } from './windows.ts';

const root = join(import.meta.dirname, '../..');
const all = [
  ...processMutants,
  ...gatewayMutants,
  ...presetMutants,
  ...handoffMutants,
  ...watcherMutants,
  ...watcherFileMutants,
  ...appMutants,
  ...windowsMutants,
];

it('every mutant finds its place in the code once', () => {
  const lost = all.filter(({ file, find }) => {
    const text = readFileSync(join(root, file), 'utf8');
    return text.split(find).length !== 2;
  });
  expect(lost.map(({ name, file }) => `${name} in ${file}`)).toEqual([]);
});

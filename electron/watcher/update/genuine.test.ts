/** A real watcher has a release checked by the real program beside it before it arms. */
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { selfIdentity } from '../../process/index.ts';
import { layAppImage, newAttempt, stageContent, writeAttempt } from '../../testing/update-plan.ts';
import { type Bench, createBench } from '../../testing/watcher-bench.ts';
import { readJournal } from '../../transaction/journal.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

it('an update that nobody can tell to be genuine is not armed', async () => {
  await bench.serve();
  const { state } = bench;
  const attempt = newAttempt(state);
  const content = { version: '1.1.0', gateway: '//\n', runtime: 'node' };
  writeAttempt(state, attempt, {
    app: selfIdentity(),
    expected: layAppImage(path.join(bench.folder, 'Holdfast.AppImage'), attempt, {
      old: 'old app',
      new: 'new app',
    }),
    currentStage: stageContent(state, { ...content, buildId: 'old' }),
    nextStage: stageContent(state, { ...content, buildId: 'new' }),
    gateways: [],
    soakMs: 1_000,
    budgets: { appExitMs: 1_000, proveMs: 1_000, appStartMs: 1_000 },
    fromBuild: 'old',
    toBuild: 'new',
  });
  const client = await bench.client('app');
  // This watcher runs from its sources, which hold no release keys.
  await expect(client.call('update.arm', { attempt })).rejects.toThrow(
    /was built without release keys/,
  );
  expect(
    readJournal(state.attempt(attempt).journal).records.map(({ event }) => event.type),
  ).toEqual(['prepared']);
  const { state: watcher } = await client.call('subscribe', null);
  expect(watcher.transaction).toBeNull();
});

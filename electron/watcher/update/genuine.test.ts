/** A real watcher has a release checked by the real program beside it before it arms. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
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

/** An attempt whose app is this process; its new file is `new app`, for version 1.1.0. */
function layAttempt(more: { readonly isReturn?: true } = {}): string {
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
    ...more,
  });
  return attempt;
}

it('an update that nobody can tell to be genuine is not armed', async () => {
  await bench.serve();
  const attempt = layAttempt();
  const client = await bench.client('app');
  // This watcher runs from its sources, which hold no release keys.
  await expect(client.call('update.arm', { attempt })).rejects.toThrow(
    /was built without release keys/,
  );
  expect(
    readJournal(bench.state.attempt(attempt).journal).records.map(({ event }) => event.type),
  ).toEqual(['prepared']);
  const { state: watcher } = await client.call('subscribe', null);
  expect(watcher.transaction).toBeNull();
});

it('a return is armed only to the very version that was kept here', async () => {
  await bench.serve();
  const { state } = bench;
  const client = await bench.client('app');
  const refused = 'Version 1.1.0 is not the version that was kept here.';
  const attempt = layAttempt({ isReturn: true });
  await expect(client.call('update.arm', { attempt })).rejects.toThrow(refused);
  const file = path.join(bench.folder, '.Holdfast.AppImage.kept');
  writeFileSync(file, 'new app');
  const sha512 = createHash('sha512').update('new app').digest('base64');
  const record = { schema: 1, build: 'new', file, size: 7 };
  const keep = (known: { readonly version: string; readonly sha512: string }): void =>
    writeFileSync(state.keptVersion, JSON.stringify({ ...record, ...known }), { mode: 0o600 });
  keep({ version: '1.0.9', sha512 });
  await expect(client.call('update.arm', { attempt })).rejects.toThrow(refused);
  keep({ version: '1.1.0', sha512: createHash('sha512').update('other').digest('base64') });
  await expect(client.call('update.arm', { attempt })).rejects.toThrow(refused);
  keep({ version: '1.1.0', sha512 });
  await client.call('update.arm', { attempt });
  await client.call('update.rollBack', { attempt, problem: { message: 'It was a test.' } });
});

/** What is staged is looked at again right before it runs: no bytes run but those that were staged. */
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../process/index.ts';
import { type Stage, watcherScript } from '../staging/staged.ts';
import { stageWatcher } from '../staging/staging.ts';
import { createSource } from '../testing/stage-source.ts';
import { type Bench, createBench } from '../testing/watcher-bench.ts';
import { launchWatcher } from './launch.ts';

let bench: Bench;
let stage: Stage;
beforeEach(async () => {
  bench = await createBench();
  stage = await stageWatcher(bench.state, createSource(bench.folder));
});
afterEach(() => bench.sweep());

const mark = (): string => path.join(bench.folder, 'ran');
const launch = () =>
  launchWatcher({ state: bench.state, clock: systemClock, stage, succeed: false });

/** Puts a program there that tells that it was run. */
function exchange(file: string): void {
  chmodSync(path.dirname(file), 0o700);
  chmodSync(file, 0o700);
  const tells =
    file === stage.runtime
      ? `#!/bin/sh\n: > '${mark()}'\n`
      : `require('node:fs').writeFileSync(${JSON.stringify(mark())}, '');\n`;
  writeFileSync(file, tells);
}

describe.each<[string, () => string]>([
  ['program', () => watcherScript(stage.bundle)],
  ['runtime', () => stage.runtime],
])('a staged %s that was exchanged', (_name, file) => {
  it('before the start is not run [R98]', async () => {
    exchange(file());
    await expect(launch()).rejects.toThrow(/was changed\.$/);
    expect(existsSync(mark())).toBe(false);
    expect(bench.census()).toEqual([]);
  });

  it('while it was being checked is not run [R98]', async () => {
    const launched = launch();
    // By now the bundle has been hashed, and the runtime is being read.
    exchange(file());
    await expect(launched).rejects.toThrow(/was changed\.$/);
    expect(existsSync(mark())).toBe(false);
    expect(bench.census()).toEqual([]);
  });
});

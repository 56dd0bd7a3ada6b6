/** New versions that would fill the disk, or never end, when they are unpacked. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateFolder } from '../files/state-folder.ts';
import { identify } from '../process/index.ts';
import { createService } from '../testing/update-service.ts';
import { listAttempts } from '../transaction/attempts.ts';
import type { UpdateService } from './types.ts';
import type { UnpackLimits } from './unpack-stage.ts';

let root: string;
let service: UpdateService;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-unpack-'));
});
afterEach(() => {
  service.close();
  fs.rmSync(root, { recursive: true, force: true });
});

const at = (name: string): string => path.join(root, name);

/** Installs an image that does `script` when it is asked to unpack its stage; answers the sentence. */
async function refusalOf(script: string, unpackLimits: Partial<UnpackLimits>): Promise<string> {
  const image = `#!/bin/sh\necho $$ > '${at('pid')}'\n${script}\n`;
  service = createService({ root, download: at('download'), image, unpackLimits });
  await service.check();
  await service.download();
  await service.install();
  const state = service.state();
  return state.status === 'failed' ? state.problem.message : state.status;
}

/** No file of the attempt, no process of the image, and the old app as it was. */
function expectNothingLeft(): void {
  const pid = Number(fs.readFileSync(at('pid'), 'utf8'));
  expect(identify(pid)).toBeUndefined();
  expect(listAttempts(stateFolder(at('state')))).toEqual([]);
  expect(fs.readdirSync(root).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(fs.readFileSync(at('Holdfast.AppImage'), 'utf8')).toBe('old app');
}

describe.skipIf(process.platform === 'win32')('an image that unpacks', () => {
  const tooLarge =
    'The new version can’t be used: it unpacks to more than 2 MB. Nothing was changed.';

  it.each([
    ['without an end', 'while :; do head -c 65536 /dev/zero >> large; done'],
    ['to more than is allowed', 'head -c 3000000 /dev/zero > large'],
    ['to a file that only looks small', 'truncate -s 3000000 large'],
    ['to more files than is allowed', 'for n in $(seq 600); do : > $n; done'],
  ])('%s is ended and refused, and nothing is left of it [R99]', async (_how, script) => {
    expect(await refusalOf(script, { bytes: 2_000_000 })).toBe(tooLarge);
    expectNothingLeft();
  });

  it('to too much between two looks at its size is refused once it has ended [R99]', async () => {
    const limits = { bytes: 2_000_000, lookMs: 60_000 };
    // The first look is at once, when there is nothing yet.
    expect(await refusalOf('sleep 0.3; truncate -s 3000000 large', limits)).toBe(tooLarge);
    expectNothingLeft();
  });

  it('for too long is ended with all it started, and nothing is left of it [R99]', async () => {
    const script = `sleep 1000 & echo $! > '${at('child')}'; wait`;
    expect(await refusalOf(script, { ms: 500 })).toBe(
      'The new version can’t be used: unpacking it took too long. Nothing was changed.',
    );
    expectNothingLeft();
    expect(identify(Number(fs.readFileSync(at('child'), 'utf8')))).toBeUndefined();
  });
});

/** The program that runs is the one that was hashed, or none. */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  appEnvironment,
  type Identity,
  isAlive,
  spawnDetached,
  stopTree,
} from '../process/index.ts';
import { startVerified } from './start-verified.ts';

let folder: string;
let program: string;
let started: Identity[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-verified-'));
  program = path.join(folder, 'program.mjs');
  writeFileSync(program, 'setInterval(() => {}, 2 ** 30);');
  started = [];
});
afterEach(async () => {
  for (const one of started) await stopTree(one, { graceMs: 0, graceful: 'none' });
  rmSync(folder, { recursive: true });
});

/** Starts the program as it is when `before` has been done, and does `after` then. */
function run(before = (): void => {}, after = (): void => {}): Promise<{ identity: Identity }> {
  const sha512 = createHash('sha512').update(readFileSync(program)).digest('base64');
  return startVerified(program, sha512, () => {
    before();
    const result = spawnDetached({
      kind: 'installer',
      command: process.execPath,
      args: [program],
      cwd: folder,
      env: appEnvironment(process.env),
      stdout: 'ignore',
      stderr: 'ignore',
      nonce: '',
      escape: 'session',
    });
    started.push(result.identity);
    after();
    return result;
  });
}

it('what nobody touches runs', async () => {
  const { identity } = await run();
  expect(isAlive(identity)).toBe(true);
});

it.each<[string, () => void, () => void]>([
  ['written to', () => appendFileSync(program, '//'), () => {}],
  [
    'exchanged',
    () => {
      renameSync(program, `${program}.kept`);
      writeFileSync(program, 'setInterval(() => {}, 2 ** 30); //');
    },
    () => {},
  ],
  [
    'exchanged for its start alone',
    () => {
      renameSync(program, `${program}.kept`);
      writeFileSync(program, 'setInterval(() => {}, 2 ** 30); //');
    },
    () => renameSync(`${program}.kept`, program),
  ],
])(
  'a program that is %s between its check and its start does not go on [F43]',
  async (_what, before, after) => {
    const error = await run(before, after).catch((cause: unknown) => cause);
    // Windows does not even let it be touched.
    if (process.platform !== 'win32')
      expect(String(error)).toContain('was changed after it had been verified');
    expect(error).toBeInstanceOf(Error);
    expect(started.filter(isAlive)).toEqual([]);
  },
);

it('afterwards the file is its owner’s again', async () => {
  await run();
  renameSync(program, `${program}.kept`);
  rmSync(`${program}.kept`);
});

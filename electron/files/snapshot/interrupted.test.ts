/** Snapshots that are killed, on a disk without room, and large ones. */
import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTree } from './copy-tree.ts';
import { readSnapshot } from './manifest.ts';
import { restoreSnapshot } from './restore.ts';
import { removeSnapshot, takeSnapshot } from './snapshot.ts';

/** Each kill is a start of Node. */
const manyStartsMs = 180_000;
const onWindows = process.platform === 'win32';
const run = promisify(execFile);
const program = (name: string): string =>
  fileURLToPath(new URL(`../../testing/${name}`, import.meta.url));

let root: string;
let data: string;
let target: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-interrupted-')));
  data = join(root, 'data');
  target = join(root, 'snapshot');
});
afterEach(() => removeTree(root));

/** A small tree of which every file says `word`. */
async function lay(word: string): Promise<void> {
  await removeTree(data);
  mkdirSync(join(data, 'locked'), { recursive: true });
  writeFileSync(join(data, 'one'), word);
  writeFileSync(join(data, 'locked', 'two'), word);
  if (!onWindows) symlinkSync(word, join(data, 'link'));
  chmodSync(join(data, 'locked'), 0o500);
}

function words(folder: string): string[] {
  return ['one', join('locked', 'two')].map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Runs it in a process that is killed right before call `n`; how many calls it made, if it lived. */
async function killedAt(n: number, ...[work, source = '']: string[]): Promise<number | null> {
  const args = [program('snapshot-killed.ts'), work ?? '', target, String(n), source];
  const ended = await run(process.execPath, args).catch((error: unknown) => {
    if (error instanceof Error && 'signal' in error && error.signal === 'SIGKILL') return null;
    throw error;
  });
  return ended && Number(ended.stdout);
}

/** The old tree or the restored one, under its own name or beside it. */
function wholeTrees(): string[] {
  return readdirSync(root).filter((name) => {
    if (name === 'snapshot' || !existsSync(join(root, name, 'locked', 'two'))) return false;
    return new Set(words(join(root, name))).size === 1;
  });
}

describe('a snapshot that is killed', () => {
  it(
    'while it is restored leaves the old or the restored tree, and the next try ends well [R111]',
    async () => {
      await lay('old');
      await takeSnapshot([data], target);
      const points = (await killedAt(0, 'restore')) ?? 0;
      expect(points).toBeGreaterThan(20);
      for (let n = 1; n <= points; n += 1) {
        await lay('new');
        expect(await killedAt(n, 'restore')).toBeNull();
        expect(wholeTrees(), `killed before call ${n}`).not.toEqual([]);
        // Now and then the next one is killed as well, somewhere else.
        if (n % 4 === 0) await killedAt(1 + ((n * 7) % points), 'restore');
        expect(wholeTrees(), `killed twice, first before call ${n}`).not.toEqual([]);
        await restoreSnapshot(target);
        expect(words(data)).toEqual(['old', 'old']);
        expect(readdirSync(root).toSorted()).toEqual(['data', 'snapshot']);
      }
    },
    manyStartsMs,
  );

  it(
    'while it is made or removed is never taken for a whole one [R111]',
    async () => {
      await lay('old');
      const points = (await killedAt(0, 'take', data)) ?? 0;
      expect(points).toBeGreaterThan(10);
      for (let n = 1; n <= points; n += 1) {
        await removeSnapshot(target);
        expect(await killedAt(n, 'take', data)).toBeNull();
        if (isWhole()) expect(words(join(target, 'content', '0'))).toEqual(['old', 'old']);
        await removeSnapshot(target);
        await takeSnapshot([data], target);
        await killedAt(n, 'remove');
        if (isWhole()) expect(words(join(target, 'content', '0'))).toEqual(['old', 'old']);
      }
    },
    manyStartsMs,
  );
});

function isWhole(): boolean {
  try {
    return readSnapshot(target).entries.length > 0;
  } catch {
    return false;
  }
}

function mayMount(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    execFileSync('unshare', [...ownMounts, 'mount', '-t', 'tmpfs', 'none', '/mnt']);
    return true;
  } catch {
    return false;
  }
}

const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
const ownMounts = [...asRoot, '--mount', '--'];

it.skipIf(!mayMount())('a disk without room changes nothing, and is named [R112]', async () => {
  mkdirSync(data, { recursive: true });
  const mount = 'mount -t tmpfs -o size=300m,nr_inodes=70 none "$1" && exec "$2" "$3" "$1"';
  const words = [
    'sh',
    '-c',
    mount,
    'sh',
    data,
    process.execPath,
    program('snapshot-on-full-disk.ts'),
  ];
  const { stdout } = await run('unshare', [...ownMounts, ...words]);
  expect(JSON.parse(stdout)).toEqual({
    taken: {
      many: 'Error: The disk that holds SMALL/snapshot is full. Make room on it.',
      large: expect.stringMatching(/has \d+ MB left, and a copy needs 1068 MB. Make room on it.$/),
      left: false,
    },
    restored: {
      problem: 'Error: The disk that holds SMALL is full. Make room on it.',
      names: ['data'],
      content: 'new',
    },
  });
});

it('a snapshot of 10,000 files is whole, and so is what is restored from it', async () => {
  for (let folder = 0; folder < 100; folder += 1) {
    mkdirSync(join(data, `folder-${folder}`, 'deep'), { recursive: true });
    for (let n = 0; n < 100; n += 1) {
      writeFileSync(join(data, `folder-${folder}`, 'deep', `${n}`), `${folder}-${n}`);
    }
  }
  const { entries } = await takeSnapshot([data], target, { durable: false });
  expect(entries[0]?.files).toBe(10_000);
  writeFileSync(join(data, 'folder-7', 'deep', '7'), 'spoiled');
  await restoreSnapshot(target);
  expect(readFileSync(join(data, 'folder-7', 'deep', '7'), 'utf8')).toBe('7-7');
  for (const made of [data, target]) rmSync(made, { recursive: true });
}, 180_000);

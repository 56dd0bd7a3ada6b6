import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTree } from './copy-tree.ts';
import { manifestOf, readSnapshot } from './manifest.ts';
import { restoreSnapshot } from './restore.ts';
import { copyIn, removeSnapshot, takeSnapshot } from './snapshot.ts';

const onWindows = process.platform === 'win32';
let root: string;
let source: string;
let target: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-snapshot-')));
  source = join(root, 'data');
  target = join(root, 'snapshots', 'one');
  mkdirSync(source);
});
afterEach(() => removeTree(root));

function write(name: string, text: string): void {
  const file = join(source, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

/** Every name below a folder, as bytes, with its mode and what lies there. */
function contentsOf(folder: string | Buffer, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const bytes of readdirSync(folder, { encoding: 'buffer' })) {
    const file = Buffer.concat([Buffer.from(folder), Buffer.from('/'), bytes]);
    const stat = lstatSync(file);
    const name = prefix + bytes.toString('latin1');
    const note = (what: string): void => {
      found[name] = `${(stat.mode & 0o777).toString(8)} ${what}`;
    };
    if (stat.isSymbolicLink()) note(`-> ${readlinkSync(file)}`);
    else if (!stat.isDirectory()) note(readFileSync(file, 'utf8'));
    else {
      note('folder');
      Object.assign(found, contentsOf(file, `${name}/`));
    }
  }
  return found;
}

const copied = (): string => join(target, 'content', '0');

describe('a snapshot', () => {
  it('has modes, times, links as links, hidden files and empty folders', async () => {
    write('a/b.txt', 'b');
    write('.hidden', 'h');
    mkdirSync(join(source, 'empty'));
    chmodSync(join(source, 'a/b.txt'), 0o640);
    utimesSync(join(source, 'a/b.txt'), 1_000, 2_000);
    if (!onWindows) {
      symlinkSync('a/b.txt', join(source, 'link'));
      symlinkSync('/nowhere/at/all', join(source, 'dangling'));
      symlinkSync(root, join(source, 'out'));
    }
    await takeSnapshot([source], target);
    expect(contentsOf(copied())).toEqual(contentsOf(source));
    expect(statSync(join(copied(), 'a/b.txt')).mtimeMs).toBe(2_000_000);
    if (!onWindows) expect(lstatSync(join(copied(), 'out')).isSymbolicLink()).toBe(true);
  });

  it.skipIf(process.platform !== 'linux')('has names that are no text', async () => {
    const names = ['new\nline', ' ', '"quoted"', '-rf', 'é', '𝄞', 'x'.repeat(255)];
    for (const name of names) write(name, name);
    const raw = Buffer.concat([Buffer.from(`${source}/`), Buffer.from([0xff, 0xfe, 0x41])]);
    writeFileSync(raw, 'raw');
    const before = contentsOf(source);
    await takeSnapshot([source], target);
    expect(contentsOf(copied())).toEqual(before);
    await removeTree(source);
    await restoreSnapshot(target);
    expect(contentsOf(source)).toEqual(before);
  });

  it.skipIf(onWindows)('has what may only be read, and gives it back', async () => {
    write('locked/file', 'f');
    chmodSync(join(source, 'locked/file'), 0o400);
    chmodSync(join(source, 'locked'), 0o500);
    const before = contentsOf(source);
    await takeSnapshot([source], target);
    expect(contentsOf(copied())).toEqual(before);
    await restoreSnapshot(target);
    expect(contentsOf(source)).toEqual(before);
    await removeSnapshot(target);
    expect(existsSync(target)).toBe(false);
  });

  it.skipIf(onWindows)('leaves out sockets and pipes, and names them', async () => {
    write('file', 'f');
    execFileSync('mkfifo', [join(source, 'pipe')]);
    const server = createServer().listen(join(source, 'socket'));
    try {
      const { skipped } = await takeSnapshot([source], target);
      expect(skipped.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
        { path: join(source, 'pipe'), why: 'it is a named pipe' },
        { path: join(source, 'socket'), why: 'it is a socket' },
      ]);
      expect(readdirSync(copied())).toEqual(['file']);
    } finally {
      server.close();
    }
  });

  it('holds single files, and says where the copy of each thing lies', async () => {
    write('deep/file', 'f');
    const single = join(root, 'settings.json');
    writeFileSync(single, '{}');
    const made = await takeSnapshot([join(source, 'deep'), source, single], target);
    expect(made.entries.map(({ path, kind }) => ({ path, kind }))).toEqual([
      { path: source, kind: 'folder' },
      { path: single, kind: 'file' },
    ]);
    const inside = await copyIn(target, made, join(source, 'deep', 'file'));
    expect(readFileSync(inside ?? '', 'utf8')).toBe('f');
    expect(await copyIn(target, made, join(root, 'elsewhere'))).toBeNull();
  });

  it('is refused where it would hold itself', async () => {
    const inside = join(source, 'snapshots', 'one');
    await expect(takeSnapshot([source], inside)).rejects.toThrow('would lie in');
    expect(existsSync(inside)).toBe(false);
    if (onWindows) return;
    symlinkSync(source, join(root, 'alias'));
    await expect(takeSnapshot([source], join(root, 'alias', 'one'))).rejects.toThrow(
      'would lie in',
    );
  });

  it('is not made in the place of anything else', async () => {
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'thesis.txt'), 'years of work');
    await expect(takeSnapshot([source], target)).rejects.toThrow('It is left alone.');
    await expect(removeSnapshot(target)).rejects.toThrow('It is left alone.');
    expect(readFileSync(join(target, 'thesis.txt'), 'utf8')).toBe('years of work');
  });

  it('that was half made is none, and is made again', async () => {
    write('file', 'f');
    await takeSnapshot([source], target);
    rmSync(manifestOf(target));
    writeFileSync(join(target, 'snapshot.draft'), '');
    expect(() => readSnapshot(target)).toThrow('it was never finished');
    await expect(restoreSnapshot(target)).rejects.toThrow('holds no whole snapshot');
    await takeSnapshot([source], target);
    expect(readSnapshot(target).entries[0]).toMatchObject({ files: 1, bytes: 1 });
    await expect(takeSnapshot([source], target)).rejects.toThrow('holds a snapshot already');
  });

  it('whose list was changed anywhere is refused', async () => {
    write('file', 'f');
    await takeSnapshot([source], target);
    const whole = readFileSync(manifestOf(target));
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(manifestOf(target), whole.subarray(0, length));
      expect(() => readSnapshot(target)).toThrow('holds no whole snapshot');
    }
    writeFileSync(manifestOf(target), whole.toString().replace(source, join(root, 'other')));
    expect(() => readSnapshot(target)).toThrow('checksum');
  });

  it('can be cancelled, and leaves nothing then', async () => {
    for (let n = 0; n < 50; n += 1) write(`file-${n}`, 'x');
    const cancel = new AbortController();
    const taken = takeSnapshot([source], target, { signal: cancel.signal });
    cancel.abort();
    await expect(taken).rejects.toThrow(/abort/i);
    expect(existsSync(target)).toBe(false);
  });

  it.skipIf(onWindows)('of what can’t be read is refused with its name', async () => {
    write('secret', 's');
    chmodSync(join(source, 'secret'), 0o000);
    await expect(takeSnapshot([source], target)).rejects.toThrow(
      `${join(source, 'secret')} can't be copied: this user has no permission`,
    );
    expect(existsSync(target)).toBe(false);
  });
});

it('is not kept from a copy by files that come and go all the time [R143]', async () => {
  const script = `
    const { unlinkSync, writeFileSync } = require('node:fs');
    console.log('begun');
    for (;;) for (let n = 0; n < 8; n += 1) { writeFileSync('lock-' + n, 'x'); unlinkSync('lock-' + n); }`;
  write('kept', 'whole');
  const child = spawn(process.execPath, ['-e', script], { cwd: source });
  try {
    await once(child.stdout, 'data');
    for (let round = 0; round < 100; round += 1) {
      await takeSnapshot([source], target, { live: true, durable: false });
      expect(readFileSync(join(copied(), 'kept'), 'utf8')).toBe('whole');
      await removeSnapshot(target);
    }
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

describe('restoring a snapshot', () => {
  it('brings back what was there, as often as wanted, and nothing else', async () => {
    write('a/kept', 'old');
    write('b', 'old');
    const missing = join(root, 'made-later');
    await takeSnapshot([source, missing], target);
    const before = contentsOf(source);
    for (let round = 0; round < 2; round += 1) {
      write('a/kept', 'new');
      write('c', 'new');
      rmSync(join(source, 'b'));
      mkdirSync(missing, { recursive: true });
      await restoreSnapshot(target);
      expect(contentsOf(source)).toEqual(before);
      expect(readdirSync(root).toSorted()).toEqual(['data', 'snapshots']);
    }
  });

  it('does not connect the old files with the copy', async () => {
    write('file', 'old');
    linkSync(join(source, 'file'), join(root, 'other-name'));
    await takeSnapshot([source], target);
    await restoreSnapshot(target);
    writeFileSync(join(source, 'file'), 'new');
    expect(readFileSync(join(copied(), 'file'), 'utf8')).toBe('old');
    expect(readFileSync(join(root, 'other-name'), 'utf8')).toBe('old');
  });

  it('refuses a copy from which something is gone, and touches nothing', async () => {
    write('a', 'old');
    write('b', 'old');
    await takeSnapshot([source], target);
    write('a', 'new');
    rmSync(join(copied(), 'b'));
    await expect(restoreSnapshot(target)).rejects.toThrow('was changed since it was made');
    expect(readFileSync(join(source, 'a'), 'utf8')).toBe('new');
    expect(readdirSync(root).toSorted()).toEqual(['data', 'snapshots']);
  });
});

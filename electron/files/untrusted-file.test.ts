/** What a file that an enemy wrote, or put in the place of ours, leads to: on systems that refuse links, and on Windows. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { wineVersion } from '../testing/windows-jobs.ts';

/** Done between the look at a name and the opening of it. */
let meanwhile = (): void => {};
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const openSync: typeof fs.openSync = (...words) => {
    meanwhile();
    return fs.openSync(...words);
  };
  return { ...fs, openSync };
});
const { filePieces, openPlainFile, readPart, readUntrusted, textOf } = await import(
  './untrusted-file.ts'
);

/** Wine can make neither links nor junctions that Windows programs see. */
const noLinks = wineVersion() !== '';
const most = 100;
const append = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-untrusted-'));
  file = join(folder, 'file.json');
});
afterEach(() => {
  meanwhile = () => {};
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ['as this system does it', undefined],
  ['as Windows does it', 0],
])('a file, %s,', (_, noFollow) => {
  test('that is plain is read', () => {
    writeFileSync(file, 'mine', { mode: 0o600 });
    expect(readUntrusted(file, most, { noFollow: noFollow }).toString()).toBe('mine');
  });

  test('that is missing is missing', () => {
    expect(() => readUntrusted(file, most, { noFollow: noFollow })).toThrow(
      expect.objectContaining({ fault: 'missing' }),
    );
  });

  test('that is a folder, or too long, is refused', () => {
    expect(() => readUntrusted(folder, most, { noFollow: noFollow })).toThrow(/not a plain file/);
    writeFileSync(file, 'x'.repeat(most + 1), { mode: 0o600 });
    expect(() => readUntrusted(file, most, { noFollow: noFollow })).toThrow(/101 bytes long/);
  });

  test.skipIf(noLinks || process.platform === 'win32')('that is a link is refused [F32]', () => {
    writeFileSync(join(folder, 'other'), 'theirs', { mode: 0o600 });
    symlinkSync(join(folder, 'other'), file);
    expect(() => readUntrusted(file, most, { noFollow: noFollow })).toThrow(
      `${file} was not opened because it is a link.`,
    );
  });

  // On Windows every user may make junctions; links need a privilege.
  test.skipIf(noLinks)('that is a junction is refused', () => {
    mkdirSync(join(folder, 'other'));
    symlinkSync(join(folder, 'other'), file, 'junction');
    expect(() => readUntrusted(file, most, { noFollow: noFollow })).toThrow(
      `${file} was not opened because it is a link.`,
    );
  });
});

test('a file that is exchanged between the check and the opening is refused on Windows', () => {
  writeFileSync(file, 'mine', { mode: 0o600 });
  writeFileSync(join(folder, 'other'), 'theirs', { mode: 0o600 });
  meanwhile = () => renameSync(join(folder, 'other'), file);
  expect(() => readUntrusted(file, most, { noFollow: 0 })).toThrow(/exchanged while it was opened/);
});

test('a file that grew is read up to the bound, from where it is asked for', () => {
  writeFileSync(file, 'abcdefghij', { mode: 0o600 });
  const part = readPart(file, { maxBytes: 3, start: (size) => size - 5 });
  expect({ ...part, bytes: part.bytes.toString() }).toEqual({ bytes: 'fgh', from: 5, size: 10 });
});

describe.skipIf(process.platform === 'win32')('a name', () => {
  test('of a pipe is refused at once, for every caller and every use [R29]', async () => {
    execFileSync('mkfifo', [file]);
    const why = `${file} was not opened because it is not a plain file.`;
    for (const links of ['refuse', 'follow'] as const) {
      expect(() => readUntrusted(file, most, { links, owner: 'any' })).toThrow(why);
      expect(textOf(file, most, { links })).toBeUndefined();
    }
    expect(() => openPlainFile(file, {}, { flags: append })).toThrow(why);
    await expect(filePieces(file, most).next()).rejects.toThrow(why);
  });

  test('of a socket or a device is refused at once', async () => {
    const server = createServer().listen(file);
    await once(server, 'listening');
    expect(() => readUntrusted(file, most)).toThrow(/not a plain file/);
    server.close();
    expect(() => readUntrusted('/dev/zero', most)).toThrow(/not a plain file/);
  });

  test('of a link to a plain file is followed only where links are allowed', () => {
    const other = join(folder, 'other');
    writeFileSync(other, 'theirs', { mode: 0o600 });
    symlinkSync(other, file);
    expect(textOf(file, most)).toBeUndefined();
    expect(textOf(file, most, { links: 'follow' })).toBe('theirs');
    closeSync(openPlainFile(file, { links: 'follow' }, { flags: append }));
  });

  test('of a file that others may write is read only for what is not acted upon', () => {
    writeFileSync(file, 'anyone’s');
    chmodSync(file, 0o666);
    expect(() => readUntrusted(file, most)).toThrow(/other users may write to it/);
    expect(textOf(file, most, { owner: 'any' })).toBe('anyone’s');
  });

  test.skipIf(process.getuid?.() !== 0)('of another user’s file is refused', () => {
    writeFileSync(file, 'theirs', { mode: 0o644 });
    chownSync(file, 65534, 65534);
    expect(() => readUntrusted(file, most)).toThrow(/it belongs to another user/);
    expect(textOf(file, most, { owner: 'any' })).toBe('theirs');
  });
});

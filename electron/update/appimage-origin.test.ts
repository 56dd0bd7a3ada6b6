import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../process/index.ts';
import { createAppImageInstaller } from './appimage.ts';
import { imageExchanged } from './appimage-origin.ts';
import { type InstalledCopy, reasonAgainst } from './install-strategy.ts';

let root: string;
let copy: InstalledCopy;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-origin-'));
  const appDir = path.join(root, '.mount_Hold');
  mkdirSync(appDir);
  writeFileSync(path.join(appDir, 'holdfast'), '');
  writeImage('Holdfast.AppImage', { files: 84, bytes: 1_000_000 });
  copy = {
    updatesDisabled: false,
    platform: 'linux',
    packaged: true,
    appImage: path.join(root, 'Holdfast.AppImage'),
    appDir,
    program: path.join(appDir, 'holdfast'),
    packageType: '',
    feedUrl: undefined,
    trustedRoot: '{}',
  };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A program of 64 bytes and the superblock of an image behind it. */
function writeImage(name: string, { files, bytes }: { files: number; bytes: number }): void {
  const image = Buffer.alloc(64 + 96);
  image.write('\x7fELF', 0, 'latin1');
  image.writeBigUInt64LE(64n, 40);
  image.write('hsqs', 64, 'latin1');
  image.writeUInt32LE(files, 64 + 4);
  image.writeUInt32LE(131_072, 64 + 12);
  image.writeBigUInt64LE(BigInt(bytes), 64 + 40);
  writeFileSync(path.join(root, name), image);
}

/** What is mounted in the place of the running app. */
const mounted = () => ({ files: 84, blocks: 8 });

it('an app that runs from its image may replace it', () => {
  expect(reasonAgainst(copy)).toBeUndefined();
  expect(imageExchanged({ ...copy, mounted })).toBeUndefined();
});

it('an app that inherited APPIMAGE from another program’s terminal never replaces that program [R82]', () => {
  // As installed by the system: it does not lie where the other AppImage is mounted.
  const program = path.join(root, 'opt', 'holdfast');
  mkdirSync(path.dirname(program));
  writeFileSync(program, '');
  expect(reasonAgainst({ ...copy, program })?.message).toContain('doesn’t run from an AppImage');
  expect(reasonAgainst({ ...copy, appDir: undefined })?.message).toContain('doesn’t run from');
  // A folder whose name only begins like the mounted one.
  const beside = `${copy.appDir}-other`;
  mkdirSync(beside);
  symlinkSync(program, path.join(beside, 'holdfast'));
  const named = { ...copy, program: path.join(beside, 'holdfast') };
  expect(reasonAgainst(named)?.message).toContain('doesn’t run from');
});

it('a Debian package is left to the system, even if it inherited APPIMAGE', () => {
  expect(reasonAgainst({ ...copy, packageType: 'deb' })?.message).toContain('Debian package');
});

it('an app that was started with --disable-updates says so', () => {
  expect(reasonAgainst({ ...copy, updatesDisabled: true })?.message).toContain('switched off');
});

it('a file that was exchanged under the running app is not replaced [R82]', () => {
  writeImage('Holdfast.AppImage', { files: 90, bytes: 2_000_000 });
  const found = imageExchanged({ ...copy, mounted });
  expect(found?.message).toContain('is not the file that this Holdfast was started from');
  const installer = createAppImageInstaller({
    appFile: copy.appImage ?? '',
    exchanged: () => found,
    clock: systemClock,
    env: {},
  });
  expect(installer.objection()?.problem).toEqual(found);
  writeFileSync(path.join(root, 'Holdfast.AppImage'), '#!/bin/sh\n');
  expect(imageExchanged({ ...copy, mounted })).toBeDefined();
  rmSync(path.join(root, 'Holdfast.AppImage'));
  expect(imageExchanged({ ...copy, mounted })).toBeDefined();
});

it('bytes that were exchanged after they had been checked are not installed, and nothing is left of them', async () => {
  writeFileSync(path.join(root, 'download'), 'other bytes than the promised ones');
  const appFile = path.join(root, 'Holdfast.AppImage');
  const installer = createAppImageInstaller({ appFile, clock: systemClock, env: {} });
  const before = readdirSync(root);
  await expect(installer.prepare(path.join(root, 'download'), 'x', '1-a')).rejects.toThrow(
    'changed after it had been checked',
  );
  expect(readdirSync(root)).toEqual(before);
});

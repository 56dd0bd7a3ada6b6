/** No other bytes than Electron's own are ever unpacked, for Windows as for Linux. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveElectron } from './electron-runtime.mjs';

let cache: string;
const before = process.env.HOLDFAST_CACHE;

beforeEach(() => {
  cache = mkdtempSync(path.join(os.tmpdir(), 'holdfast-cache-'));
  process.env.HOLDFAST_CACHE = cache;
  mkdirSync(path.join(cache, 'electron'));
});
afterEach(() => {
  if (before === undefined) delete process.env.HOLDFAST_CACHE;
  else process.env.HOLDFAST_CACHE = before;
  rmSync(cache, { recursive: true, force: true });
});

test.each(['win32-x64', 'linux-x64'])(
  'a zip for %s whose sha256 differs from checksums.json is fatal',
  async (target) => {
    const name = `electron-v33.3.0-${target}.zip`;
    writeFileSync(path.join(cache, 'electron', name), 'not an Electron');
    await expect(resolveElectron(target)).rejects.toThrow(/is not Electron 33\.3\.0.*sha256/);
    expect(existsSync(path.join(cache, 'electron', name))).toBe(true);
    expect(readdirSync(path.join(cache, 'electron'))).toEqual([name]);
  },
);

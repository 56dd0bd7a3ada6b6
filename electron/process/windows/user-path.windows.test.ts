/** The user's search path in the real registry, as `reg query` shows it. */
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { windowsUserPath } from './user-path.ts';

const folder = 'C:\\Users\\方舟\\Holdfast\\bin';
/** Not the one that this machine's programs are started with. */
const key = `Software\\Holdfast test ${process.pid}`;
const path = windowsUserPath(key);

const reg = (...words: readonly string[]): string =>
  execFileSync('reg', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const put = (type: string, text: string): string =>
  reg('add', `HKCU\\${key}`, '/v', 'Path', '/t', type, '/d', text, '/f');
/** Type and text, as `reg query` prints them. */
function stored(): readonly string[] {
  const line = reg('query', `HKCU\\${key}`)
    .split(/\r?\n/)
    .find((one) => /^ +Path /.test(one));
  return line?.trim().split(/ {4}/).slice(1) ?? [];
}

afterEach(() => {
  try {
    reg('delete', `HKCU\\${key}`, '/f');
  } catch {
    // The test made none.
  }
});

describe('the user’s search path', () => {
  it.each(['REG_EXPAND_SZ', 'REG_SZ'])(
    'of the type %s gets the folder once, and is as it was when that is taken away',
    async (type) => {
      put(type, '%USERPROFILE%\\apps;C:\\b');
      await path.add(folder);
      await path.add(`${folder}\\`);
      expect(path.has(folder)).toBe(true);
      expect(stored()[0]).toBe(type);
      expect(stored()[1]).toMatch(/^%USERPROFILE%\\apps;C:\\b;C:\\Users\\[^;]+\\Holdfast\\bin$/);
      await path.remove(folder);
      expect(path.has(folder)).toBe(false);
      expect(stored()).toEqual([type, '%USERPROFILE%\\apps;C:\\b']);
    },
  );

  it('is made where there is none, so that variables in it count, and is then taken away', async () => {
    await path.add(folder);
    expect(stored()[0]).toBe('REG_EXPAND_SZ');
    await path.remove(folder);
    expect(stored()).toEqual([]);
  });

  it('that is longer than a line of commands may be is kept whole', async () => {
    const long = Array.from({ length: 400 }, (_, n) => `C:\\folder ${n}`).join(';');
    put('REG_EXPAND_SZ', long);
    await path.add(folder);
    await path.remove(folder);
    expect(stored()[1]).toBe(long);
  });

  it('that is no text is left alone, with a sentence', async () => {
    put('REG_DWORD', '1');
    await expect(path.add(folder)).rejects.toThrow(/left as it is.*something else than a text/);
    expect(stored()[0]).toBe('REG_DWORD');
  });

  it('is the one that programs get: this user’s own [C3]', async () => {
    const own = windowsUserPath();
    expect(own.has(folder)).toBe(false);
    await own.add(folder);
    try {
      expect(reg('query', 'HKCU\\Environment', '/v', 'Path')).toMatch(/Holdfast\\bin/);
    } finally {
      await own.remove(folder);
    }
    expect(own.has(folder)).toBe(false);
  });
});

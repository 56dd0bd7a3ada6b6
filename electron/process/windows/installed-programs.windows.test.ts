/** The list of installed programs in the real registry. */
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { windowsInstalledPrograms } from './installed-programs.ts';

const folder = 'C:\\Users\\方舟\\apps\\Holdfast';
/** Not the one that Windows shows. */
const list = `Software\\Holdfast list ${process.pid}`;
const programs = windowsInstalledPrograms(list);

const reg = (...words: readonly string[]): string =>
  execFileSync('reg', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
function put(entry: string, name: string, data: string, type = 'REG_SZ'): void {
  reg('add', `HKCU\\${list}\\${entry}`, '/v', name, '/t', type, '/d', data, '/f');
}

beforeEach(() => {
  put('another', 'UninstallString', '"C:\\Program Files\\Another\\uninstall.exe"');
  put('another', 'DisplayVersion', '7');
});
afterEach(() => reg('delete', `HKCU\\${list}`, '/f'));

describe('a program in the list', () => {
  beforeEach(() => {
    put('{0f}', 'UninstallString', `"${folder}\\Uninstall Holdfast.exe" /currentuser`);
    put('{0f}', 'DisplayName', 'Holdfast 1.0.1');
    put('{0f}', 'DisplayVersion', '1.0.1');
    put('{0f}', 'EstimatedSize', '300000', 'REG_DWORD');
  });

  it('is found by its folder, and says the old version again', () => {
    const found = programs.read(folder.toUpperCase());
    expect(found).toEqual({ name: 'Holdfast 1.0.1', version: '1.0.1', kilobytes: 300_000 });
    const old = { name: 'Holdfast 1.0.0', version: '1.0.0', kilobytes: 299_999 };
    programs.write(folder, old);
    expect(programs.read(folder)).toEqual(old);
    const all = reg('query', `HKCU\\${list}`, '/s');
    expect(all).toContain('Holdfast 1.0.0');
    expect(all).toMatch(/UninstallString +REG_SZ +"C:\\Users\\[^\\]+\\apps\\Holdfast\\Uninstall/);
    expect(all).toMatch(/EstimatedSize +REG_DWORD +0x493df/i);
  });

  it('is another one than that of a folder whose name begins like its own', () => {
    expect(programs.read(`${folder} Beta`)).toBeNull();
    expect(programs.read(folder.slice(0, -1))).toBeNull();
  });
});

it('a program that is not in the list is not put into it', () => {
  programs.write(folder, { name: 'Holdfast 1.0.0', version: '1.0.0', kilobytes: null });
  expect(programs.read(folder)).toBeNull();
  expect(reg('query', `HKCU\\${list}`, '/s')).not.toContain('Holdfast 1.0.0');
});

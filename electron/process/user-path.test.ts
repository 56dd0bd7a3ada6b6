/** Text alone; windows/user-path.windows.test.ts has the registry. */
import { expect, it } from 'vitest';
import { pathHas, pathWith, pathWithout } from './user-path.ts';

const folder = 'C:\\Users\\Alex\\Holdfast\\bin';
const resolve = (entry: string): string => entry.replace('%HOME%', 'C:\\Users\\Alex');

it.each([
  ['', folder],
  ['C:\\a', `C:\\a;${folder}`],
  ['C:\\a;', `C:\\a;${folder}`],
  ['%SystemRoot%;"C:\\b c"', `%SystemRoot%;"C:\\b c";${folder}`],
])('the folder goes behind %j', (path, whole) => {
  expect(pathWith(path, folder, resolve)).toBe(whole);
  expect(pathHas(path, folder, resolve)).toBe(false);
});

it.each([folder, `${folder}\\`, folder.toUpperCase(), ` "${folder}" `, '%HOME%\\Holdfast\\bin'])(
  'is there already as %j: it is not put there twice, and found to be taken away',
  (entry) => {
    const path = `C:\\a;${entry};;C:\\b;`;
    expect(pathWith(path, folder, resolve)).toBe(path);
    expect(pathWithout(path, folder, resolve)).toBe('C:\\a;;C:\\b;');
  },
);

it('a folder that begins alike is another one', () => {
  const path = `${folder}2;${folder}\\sub`;
  expect(pathWithout(path, folder, resolve)).toBe(path);
  expect(pathHas(';;', folder, resolve)).toBe(false);
});

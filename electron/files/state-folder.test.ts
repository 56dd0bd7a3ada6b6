/** One folder, one name, its user's alone: real folders, links and modes. */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareStateFolder, stateFolder } from './state-folder.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'holdfast-state-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);
const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe.skipIf(process.platform === 'win32')('a state folder', () => {
  test('has one name, no matter which links lead to it, before and after it is made [R10]', () => {
    mkdirSync(at('disk'));
    symlinkSync(at('disk'), at('home'));
    expect(stateFolder(at('home/state')).root).toBe(at('disk/state'));
    prepareStateFolder(stateFolder(at('home/state')));
    symlinkSync(at('disk/state'), at('direct'));
    for (const name of ['home/state', 'direct', 'disk/state/../state']) {
      expect(stateFolder(at(name)).endpoint).toBe(at('disk/state/run/endpoint.json'));
    }
  });

  test('behind a link is closed to others like any other', () => {
    mkdirSync(at('disk'));
    chmodSync(at('disk'), 0o755);
    symlinkSync(at('disk'), at('state'));
    prepareStateFolder(stateFolder(at('state')));
    expect(modeOf(at('disk'))).toBe(0o700);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'of another user is refused, also behind a link [R10]',
    () => {
      mkdirSync(at('theirs'));
      chownSync(at('theirs'), 65_534, 65_534);
      symlinkSync(at('theirs'), at('state'));
      for (const name of ['theirs', 'state']) {
        expect(() => prepareStateFolder(stateFolder(at(name)))).toThrow(/belongs to another user/);
      }
      expect(readdirSync(at('theirs'))).toEqual([]);
    },
  );

  test('is private with any umask', () => {
    const before = process.umask(0);
    try {
      const state = stateFolder(at('state'));
      prepareStateFolder(state);
      const made = readdirSync(state.root, { recursive: true, encoding: 'utf8' });
      expect([state.root, ...made.map((name) => path.join(state.root, name))].map(modeOf)).toEqual(
        Array.from({ length: made.length + 1 }, () => 0o700),
      );
    } finally {
      process.umask(before);
    }
  });
});

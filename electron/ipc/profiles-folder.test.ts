import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownProfilesFolder } from './profiles-folder.ts';

let root: string;
let profiles: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'hf-reveal-')));
  profiles = path.join(root, 'profiles');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('the folder is made when it is missing, for its user alone', () => {
  expect(ownProfilesFolder({ root, profiles })).toBe(profiles);
  expect(statSync(profiles).mode & 0o777).toBe(0o700);
});

test('a link is not opened, wherever it leads', () => {
  const elsewhere = path.join(root, 'elsewhere');
  mkdirSync(elsewhere);
  for (const target of [elsewhere, tmpdir()]) {
    symlinkSync(target, profiles);
    expect(() => ownProfilesFolder({ root, profiles })).toThrow(/not a folder of Holdfast’s own/);
    rmSync(profiles);
  }
});

test('a file with its name is refused with a sentence', () => {
  writeFileSync(profiles, '');
  expect(() => ownProfilesFolder({ root, profiles })).toThrow(/profiles can’t be opened/);
});

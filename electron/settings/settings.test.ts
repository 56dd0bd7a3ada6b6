import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settingDefaults } from '../contract/setting-defaults.ts';
import type { SettingsChange } from '../contract/settings.ts';
import { createMemory } from './memory.ts';
import { createSettings } from './settings.ts';
import { defaultSettings, loadSettings } from './settings-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-settings-'));
  file = path.join(folder, 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const create = () => createSettings({ file, now: () => 1_700_000_000_000 });

test('a first start has defaults and no problem', () => {
  expect(loadSettings(file, 0)).toEqual({
    settings: defaultSettings,
    writable: true,
    problem: null,
  });
});

test('a change is saved for this user alone and read again', () => {
  const settings = create();
  let heard = 0;
  settings.subscribe(() => {
    heard += 1;
  });
  settings.change({ theme: 'dark', onQuit: undefined });
  expect(heard).toBe(1);
  expect(create().get()).toEqual({ ...defaultSettings, theme: 'dark' });
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('what only a later version knows survives a change by this one [R142]', () => {
  writeFileSync(file, '{"schema":1,"theme":"dark","accent":"teal"}');
  const settings = create();
  settings.change({ onQuit: 'keep' });
  expect(settings.problem()).toBeNull();
  const written: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect(written).toMatchObject({ theme: 'dark', onQuit: 'keep', accent: 'teal' });
});

test.each([
  ['not JSON', '{"theme":'],
  ['an unknown theme', '{"schema":1,"theme":"pink"}'],
  ['a list', '[]'],
])('a corrupt file (%s) is moved aside, and the user is informed', (_, text) => {
  writeFileSync(file, text);
  const settings = create();
  expect(settings.get()).toEqual(defaultSettings);
  expect(settings.problem()?.hint).toContain(`${file}.corrupt-1700000000000`);
  expect(readFileSync(`${file}.corrupt-1700000000000`, 'utf8')).toBe(text);
  settings.change({ theme: 'light' });
  expect(settings.problem()).toBeNull();
  expect(create().get().theme).toBe('light');
});

test('a byte-order mark is no part of the settings, and UTF-16 is named [R4]', () => {
  const text = '{"schema":1,"theme":"dark"}';
  writeFileSync(file, `\ufeff${text}`);
  const settings = create();
  expect(settings.get().theme).toBe('dark');
  expect(settings.problem()).toBeNull();
  writeFileSync(file, Buffer.from(`\ufeff${text}`, 'utf16le'));
  expect(create().problem()?.message).toContain('written in UTF-16; save it as UTF-8');
});

test('a file of a newer Holdfast is left alone', () => {
  const text = '{"schema":2,"theme":"aurora"}';
  writeFileSync(file, text);
  const settings = create();
  expect(settings.problem()?.message).toContain('newer Holdfast');
  settings.change({ theme: 'dark' });
  expect(settings.get().theme).toBe('dark');
  expect(settings.problem()?.message).toContain('newer Holdfast');
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(readdirSync(folder)).toEqual(['settings.json']);
});

test('a disk that refuses becomes a problem, and the change lasts until the end', () => {
  const settings = create();
  rmSync(folder, { recursive: true });
  settings.change({ theme: 'dark' });
  expect(settings.get().theme).toBe('dark');
  expect(settings.problem()?.message).toContain('could not be saved');
});

test('memory survives, and an unusable file is replaced', () => {
  const memoryFile = path.join(folder, 'memory.json');
  const onError = (error: unknown): void => {
    throw error;
  };
  const bounds = { x: -5, y: 10, width: 800, height: 600, maximized: false };
  createMemory({ file: memoryFile, onError }).remember({ bounds });
  expect(createMemory({ file: memoryFile, onError }).get()).toEqual({
    bounds,
    dismissed: null,
    told: {},
  });
  writeFileSync(memoryFile, '{"bounds":7}');
  expect(createMemory({ file: memoryFile, onError }).get().bounds).toBeNull();
});

/** What a user may choose, each in another way than it is at first. */
const choices: Required<
  Omit<SettingsChange, 'undoneUpdate' | 'trayNoticeShown' | 'selectedGateway' | 'gatewayOrder'>
> = {
  theme: 'dark',
  language: 'de',
  onQuit: 'keep',
  startAtLogin: true,
  startHidden: true,
  checkForUpdates: false,
  installUpdates: 'night',
  confirmUpdates: '15',
  downloadLimit: '250',
  updateChannel: 'beta',
  skippedVersion: '9.9.9',
  laterVersion: { version: '9.9.9', until: 1_800_000_000_000 },
  notifications: 'none',
  logMegabytes: 50,
  newGatewayGraceMs: 60_000,
  offersDismissed: ['hermes'],
};

test.each(Object.entries(choices))(
  'a file that says no more than %s is read, and the choice survives every start and change',
  (name, value) => {
    // As an earlier version has left it, which did not know the other settings.
    writeFileSync(file, JSON.stringify({ schema: 1, [name]: value }));
    for (let start = 0; start < 3; start += 1) {
      const settings = create();
      expect(settings.problem()).toBeNull();
      expect(settings.get()).toEqual({ ...defaultSettings, [name]: value });
      settings.change({ trayNoticeShown: false });
    }
    // Written whole: a later version with other defaults finds the choice, not a gap.
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      ...defaultSettings,
      [name]: value,
    });
  },
);

test('resetting names every setting that a user may choose', () => {
  expect(Object.keys(settingDefaults).sort()).toEqual(Object.keys(choices).sort());
  const settings = create();
  settings.change({ ...choices, selectedGateway: 'a' });
  settings.change({ ...settingDefaults });
  expect(settings.get()).toEqual({ ...defaultSettings, selectedGateway: 'a' });
});

test.each([
  ['logMegabytes', 0],
  ['newGatewayGraceMs', 3_600_001],
])('%s of %s is refused', (name, value) => {
  writeFileSync(file, JSON.stringify({ schema: 1, [name]: value }));
  expect(create().problem()?.message).toContain(name);
});

/** The app's half of an update by a Setup program: what it lays ready, and what it refuses. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { systemClock } from '../process/index.ts';
import { stageSourceOf } from '../transaction/installed.ts';
import { chooseInstallStrategy } from './install-strategy.ts';
import { cameFromSetup, createNsisInstaller } from './nsis.ts';

let root: string;
let state: StateFolder;
let appFile: string;
let download: string;
const attempt = '1700000000000-0123abcd';
const sha512 = createHash('sha512').update('setup').digest('base64');

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-nsis-'));
  state = stateFolder(path.join(root, 'state'));
  prepareStateFolder(state);
  appFile = path.join(root, 'Programs', 'Holdfast', 'Holdfast.exe');
  const { bundle } = stageSourceOf(appFile);
  mkdirSync(bundle, { recursive: true });
  writeFileSync(appFile, 'old app');
  const manifest = { schema: 1, buildId: '1.0.0+old', version: '1.0.0', files: {} };
  writeFileSync(path.join(bundle, 'manifest.json'), JSON.stringify(manifest), { mode: 0o600 });
  mkdirSync(state.attempt(attempt).folder);
  download = path.join(root, 'Holdfast-Setup-1.1.0.exe');
  writeFileSync(download, 'setup');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('lays the verified program ready in the attempt’s folder, and touches nothing installed', async () => {
  const installer = createNsisInstaller({ appFile, state });
  expect(installer.objection()).toBeUndefined();
  const prepared = await installer.prepare(download, sha512, attempt);
  if (prepared.kind !== 'nsis') throw new Error('another kind');
  expect(path.dirname(prepared.setupFile)).toBe(state.attempt(attempt).folder);
  expect(readFileSync(prepared.setupFile, 'utf8')).toBe('setup');
  installer.replace(prepared);
  expect(readFileSync(appFile, 'utf8')).toBe('old app');
  expect(installer.mustBeFree).toEqual([path.dirname(appFile)]);
  installer.undo(prepared);
  expect(existsSync(prepared.setupFile)).toBe(false);
});

it('refuses a program that is not the one the feed named', async () => {
  const installer = createNsisInstaller({ appFile, state });
  writeFileSync(download, 'forged');
  await expect(installer.prepare(download, sha512, attempt)).rejects.toThrow(/was changed after/);
  expect(existsSync(path.join(state.attempt(attempt).folder, 'setup.exe'))).toBe(false);
});

it.each(['Holdfast-data', 'holdfast', 'Holdfast/data'])(
  'refuses while the state folder %s begins like the installed one',
  (name) => {
    const near = stateFolder(path.join(root, 'Programs', name));
    const installer = createNsisInstaller({ appFile, state: near });
    expect(installer.objection()?.message).toContain('it would end your gateways');
  },
);

it('refuses when the installed folder does not say which build it is', () => {
  rmSync(stageSourceOf(appFile).bundle, { recursive: true });
  const installer = createNsisInstaller({ appFile, state });
  expect(installer.objection()?.message).toContain('does not say which build is installed');
});

it('removes programs of earlier attempts, but not of the one that lives', async () => {
  const installer = createNsisInstaller({ appFile, state });
  await installer.prepare(download, sha512, attempt);
  const file = path.join(state.attempt(attempt).folder, 'setup.exe');
  installer.sweep(attempt);
  expect(existsSync(file)).toBe(true);
  installer.sweep(null);
  expect(existsSync(file)).toBe(false);
});

it('only a copy that its Setup program has installed updates itself', () => {
  const copy = {
    updatesDisabled: false,
    platform: 'win32',
    packaged: true,
    appImage: undefined,
    appDir: undefined,
    program: appFile,
    packageType: '',
    feedUrl: undefined,
    trustedRoot: '{}',
  } as const;
  const deps = {
    ...{ state, clock: systemClock, env: {} },
    channel: () => 'stable' as const,
    maxRate: () => null,
    log: () => undefined,
  };
  expect(chooseInstallStrategy(copy, deps).installer).toMatchObject({
    unavailable: { message: expect.stringContaining('not installed by its Setup program') },
  });
  writeFileSync(path.join(path.dirname(appFile), 'Uninstall Holdfast.exe'), '');
  expect(cameFromSetup(appFile)).toBe(true);
});

/**
 * The real installer of two releases, on Windows or under Wine: what it replaces, what it waits for,
 * and that whatever stops it leaves the old version as it was. One installed app goes through all
 * of it, in this order. HOLDFAST_RELEASE_OLD and _NEW name the folders with the two Setup.exe.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { identify } from '../../electron/process/index.ts';
import { windowsUserPath } from '../../electron/process/windows/user-path.ts';
import { readEndpoint } from '../../electron/rpc/endpoint.ts';
import { pidIn, until } from '../../electron/testing/processes.ts';
import {
  endAll,
  exit,
  holdfast,
  installedVersion,
  registered,
  runningFrom,
  runProgram,
  runSetup,
  setupFile,
  startHolder,
  startSelfEnding,
  treeOf,
  uninstall,
} from './installed.ts';

const work = mkdtempSync(path.join(os.tmpdir(), 'holdfast-setup-'));
const app = path.join(work, 'Holdfast App');
const program = path.join(app, 'Holdfast.exe');
/** Begins like the install folder, and is none of the installer's business. */
const sibling = path.join(work, 'Holdfast App Data');
const elsewhere = path.join(work, 'elsewhere');
const userData = path.join(sibling, 'ledger.json');
/** Where the installed command line keeps its state here: not in the account of whoever runs this. */
const account = path.join(work, 'account');
const state = stateFolder(path.join(account, 'Holdfast'));
const gatewayPid = path.join(elsewhere, 'gateway.pid');

beforeAll(async () => {
  for (const name of ['APPDATA', 'LOCALAPPDATA']) vi.stubEnv(name, account);
  for (const folder of [sibling, elsewhere]) mkdirSync(folder, { recursive: true });
  writeFileSync(userData, '{}');
  expect(await runSetup('old', app)).toBe(0);
});
afterEach(endAll);
afterAll(() => rmSync(work, { recursive: true, force: true }));

test('a fresh installation is whole, known to Windows, and starts nothing', async () => {
  expect(installedVersion(app)).toBe('1.0.0');
  for (const file of [
    'Holdfast.exe',
    'Uninstall Holdfast.exe',
    'resources/app.asar',
    'resources/holdfast-stage/runtime/watcher-node.exe',
    'resources/holdfast-stage/watcher/koffi.node',
  ]) {
    expect(existsSync(path.join(app, file)), file).toBe(true);
  }
  expect(await registered()).toContain(app);
  expect(await runningFrom(app)).toEqual([]);
  expect(readdirSync(work).sort()).toEqual(['Holdfast App', 'Holdfast App Data', 'elsewhere']);
});

test('a program that runs from the install folder is waited for and not ended', async () => {
  const before = treeOf(app);
  const helper = path.join(app, 'helper.exe');
  const running = await runProgram(helper);
  expect(await runSetup('new', app, ['--wait=1'])).toBe(exit.stillRuns);
  expect(running.exitCode).toBeNull();
  await endAll();
  rmSync(helper);
  expect(treeOf(app)).toEqual(before);
});

test('a file that a program outside the folder holds stops the installer before it changes anything', async () => {
  const before = treeOf(app);
  const holder = await startHolder(
    path.join(elsewhere, 'holder.exe'),
    path.join(app, 'resources', 'app.asar'),
  );
  expect(await runSetup('new', app, ['--wait=1'])).toBe(exit.fileHeld);
  expect(holder.exitCode).toBeNull();
  expect(treeOf(app)).toEqual(before);
});

test('a damaged installer changes nothing', async () => {
  const before = treeOf(app);
  const damaged = path.join(elsewhere, 'Setup.exe');
  copyFileSync(setupFile('new'), damaged);
  truncateSync(damaged, 50_000_000);
  expect(await runSetup(damaged, app)).not.toBe(0);
  expect(treeOf(app)).toEqual(before);
});

test('a folder that holds other things is left alone', async () => {
  const documents = path.join(work, 'documents');
  mkdirSync(documents);
  writeFileSync(path.join(documents, 'letter.txt'), 'dear');
  expect(await runSetup('new', documents)).toBe(exit.notOurs);
  expect(readdirSync(documents)).toEqual(['letter.txt']);
  rmSync(documents, { recursive: true });
  // What Windows knows of the app is what it knew before.
  expect(await registered()).toContain(app);
});

test('an update waits for the app, spares its neighbours, and replaces all of it', async () => {
  const neighbour = await runProgram(path.join(sibling, 'watcher-node.exe'));
  const namesake = await runProgram(path.join(elsewhere, 'Holdfast.exe'));
  const stale = path.join(app, 'resources', 'of-the-old-version.txt');
  writeFileSync(stale, '');
  const last = await startSelfEnding(path.join(app, 'helper.exe'));
  expect(await runSetup('new', app, ['--wait=60'])).toBe(0);
  expect(last.exitCode).toBe(0);
  expect(installedVersion(app)).toBe('1.0.1');
  expect([existsSync(stale), existsSync(path.join(app, 'helper.exe'))]).toEqual([false, false]);
  expect([neighbour.exitCode, namesake.exitCode]).toEqual([null, null]);
  expect(readFileSync(userData, 'utf8')).toBe('{}');
  expect(readdirSync(work).sort()).toEqual(['Holdfast App', 'Holdfast App Data', 'elsewhere']);
  expect(await registered()).toContain('1.0.1');
  expect(await runningFrom(app)).toEqual([]);
});

test('the replaced version stays beside the new one where that is asked for', async () => {
  expect(await runSetup('old', app, ['--keep-old'])).toBe(0);
  expect([installedVersion(app), installedVersion(`${app}.old`)]).toEqual(['1.0.0', '1.0.1']);
  expect(await registered()).toContain('1.0.0');
  // As the watcher keeps it.
  renameSync(`${app}.old`, `${app}.kept`);
});

/** Has the installed Holdfast watch a gateway. Resolves to the ids of both processes. */
async function startGateway(): Promise<{ watcher: number; gateway: number }> {
  const node = path.join(elsewhere, 'gateway.exe');
  copyFileSync(process.execPath, node);
  const file = JSON.stringify(gatewayPid);
  const body = `require('node:fs').writeFileSync(${file}, String(process.pid)); setInterval(() => {}, 1e6);`;
  await holdfast(app, ['add', 'Box', '--', node, '-e', body]);
  const gateway = await until(() => pidIn(gatewayPid), 'the gateway to run');
  const watcher = readEndpoint(state)?.identity.pid;
  if (watcher === undefined) throw new Error('No watcher serves.');
  return { watcher, gateway };
}

const live = ({ watcher, gateway }: { watcher: number; gateway: number }): boolean[] =>
  [watcher, gateway].map((pid) => identify(pid) !== undefined);

test('uninstalling is all or nothing too, lets gateways run on, and leaves settings and nothing else [C3]', async () => {
  const before = treeOf(app);
  const running = await startGateway();
  const searchPath = windowsUserPath();
  const commandLine = path.dirname(state.launcher);
  const others = [path.join(work, 'bin'), `${commandLine}2`];
  for (const folder of [...others, commandLine]) await searchPath.add(folder);
  await startHolder(path.join(elsewhere, 'holder.exe'), program);
  expect(await uninstall(app, ['--wait=1'])).toBe(exit.fileHeld);
  expect([treeOf(app), live(running)]).toEqual([before, [true, true]]);
  await endAll();
  // What an update asks of it.
  expect(await uninstall(app, ['--updated'])).toBe(0);
  expect([treeOf(app), live(running)]).toEqual([before, [true, true]]);
  expect(await uninstall(app, ['--gateways=perhaps'])).toBe(exit.onAccount);
  expect([treeOf(app), live(running)]).toEqual([before, [true, true]]);
  expect(await uninstall(app)).toBe(0);
  expect(live(running)).toEqual([false, true]);
  process.kill(running.gateway);
  expect([app, `${app}.kept`].map((folder) => existsSync(folder))).toEqual([false, false]);
  const { staged, run, launcher, profiles } = state;
  expect([staged, run, launcher].map((one) => existsSync(one))).toEqual([false, false, false]);
  expect(readdirSync(profiles)).toEqual(['box.json']);
  expect(readFileSync(userData, 'utf8')).toBe('{}');
  expect(await registered()).not.toContain(app);
  expect([...others, commandLine].map(searchPath.has)).toEqual([true, true, false]);
  for (const folder of others) await searchPath.remove(folder);
});

test('an uninstaller that is told to ends the gateways, too', async () => {
  expect(await runSetup('new', app)).toBe(0);
  rmSync(account, { recursive: true });
  rmSync(gatewayPid);
  const running = await startGateway();
  expect(await uninstall(app, ['--gateways=stop'])).toBe(0);
  expect([live(running), existsSync(app)]).toEqual([[false, false], false]);
});

/** `holdfast open`, with a program in the place of the app that writes down what it was given. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { recordAppProgram } from '../link/app-program.ts';
import { endProcess, identify, isAlive } from '../process/index.ts';
import { until } from '../testing/processes.ts';
import { open } from './open.ts';

let folder: string;
let state: StateFolder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-open-'));
  state = stateFolder(path.join(folder, 'state'));
  prepareStateFolder(state);
  const profile = {
    ...{ schema: 1, id: 'hermes', name: 'Hermes', readiness: { type: 'started' } },
    program: { type: 'command', command: process.execPath, args: [] },
  };
  writeFileSync(path.join(state.profiles, 'hermes.json'), JSON.stringify(profile));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The app's program, which ends by `script`. */
function install(script: string): void {
  const app = path.join(folder, 'app.cjs');
  writeFileSync(app, script);
  recordAppProgram(state, { command: process.execPath, args: [app, '--user-data-dir=x'] });
}

const desktop = { ...process.env, DISPLAY: ':7', WAYLAND_DISPLAY: undefined };
const around = { platform: process.platform, env: desktop, settleMs: 20_000 };

async function said(gateway: string | null, changes: Partial<typeof around> = {}): Promise<string> {
  let out = '';
  const print = (text: string): void => {
    out += text;
  };
  const voice = { print, warn: print };
  await open(state, { name: 'open', gateway }, voice, { ...around, ...changes });
  return out;
}

it('starts the app as it was started last, at the gateway that is named', async () => {
  const seen = path.join(folder, 'seen');
  install(
    `require('node:fs').writeFileSync(${JSON.stringify(seen)}, process.argv.slice(2).join(' '))`,
  );
  expect(await said('her')).toBe('Holdfast’s window shows Hermes.');
  expect(readFileSync(seen, 'utf8')).toBe('--user-data-dir=x --show-gateway=hermes');
  expect(await said(null)).toBe('Holdfast’s window is open.');
  expect(readFileSync(seen, 'utf8')).toBe('--user-data-dir=x');
});

it('does not wait for an app that goes on', async () => {
  const seen = path.join(folder, 'pid');
  install(
    `require('node:fs').writeFileSync(${JSON.stringify(seen)}, String(process.pid)); setInterval(() => {}, 1_000)`,
  );
  expect(await said(null, { settleMs: 200 })).toBe('Holdfast’s window is open.');
  const pid = (): number => (existsSync(seen) ? Number(readFileSync(seen, 'utf8')) : 0);
  await until(() => pid() > 0, 'the app to run');
  const app = identify(pid());
  if (!app) throw new Error('The app does not run.');
  endProcess(app);
  await until(() => !isAlive(app), 'the app to end');
});

it('says why no window opens: no display, an app that ends at once, none that is known', async () => {
  await expect(said(null)).rejects.toThrow(/start it once by hand/);
  install('process.exitCode = 3');
  await expect(said(null)).rejects.toThrow(/ended at once \(exit code 3\).*app\.log/);
  const env = { ...desktop, DISPLAY: '' };
  await expect(said('hermes', { env, platform: 'linux' })).rejects.toThrow(/no display here/);
  // A name is looked up first.
  await expect(said('nobody', { env })).rejects.toThrow(/no gateway called "nobody"/);
});

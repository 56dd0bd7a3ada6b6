/** What a person sees in the terminal of `npm start`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './support/desktop-app.ts';
import { expect, test } from './support/world.ts';

/** The last part of `npm start`, after everything is installed and built. */
function launch(state: string, errorFile: string): ChildProcess {
  const script = `
    const { launchApp } = await import(process.argv[1]);
    process.exit(await launchApp(process.argv[2], [process.argv[3]], process.argv[4]));
  `;
  const words = [
    join(projectRoot, 'scripts/lib/launch.mjs'),
    process.env.HOLDFAST_ELECTRON ?? '',
    `--user-data-dir=${state}`,
    errorFile,
  ];
  return spawn(process.execPath, ['--input-type=module', '-e', script, ...words], {
    // Without a session bus Chromium has much to say.
    env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('npm start begins with the demo gateway and says so; only its own lines are shown, and Chromium’s messages go to a file', async ({
  world,
}) => {
  const errorFile = join(world.folder, 'electron-errors.log');
  const started = launch(world.state, errorFile);
  let shown = '';
  for (const stream of [started.stdout, started.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
  }
  await expect.poll(() => shown, { timeout: 30_000 }).toContain('has set up the demo gateway');
  expect(existsSync(join(world.state, 'profiles', 'reference.json'))).toBe(true);
  await expect.poll(() => readFileSync(errorFile, 'utf8')).toContain('bus.cc');
  started.kill('SIGTERM');
  await once(started, 'close');
  const foreign = shown
    .split('\n')
    .filter((line) => line !== '' && !/^(holdfast|info|warn|error): /.test(line));
  expect(foreign).toEqual([]);
});

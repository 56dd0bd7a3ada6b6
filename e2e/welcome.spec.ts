/** The first start: nothing is set up unasked, and what is on the machine can be looked after at a click. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../electron/process/index.ts';
import { accessibilityFindings } from './support/accessibility.ts';
import { watcherState } from './support/watcher.ts';
import { expect, expectStatus, freePort, test, type World } from './support/world.ts';

const hermes = fileURLToPath(new URL('./fixtures/hermes-gateway.ts', import.meta.url));
const answers = `require('node:http').createServer((_, r) => r.end('Ollama is running')).listen(Number(process.argv[1]), '127.0.0.1', () => console.log('up'))`;

interface Machine {
  readonly env: Record<string, string>;
  /** Somebody else's server, where Ollama would be. */
  readonly server: ChildProcess;
}

/** Hermes is installed and does not run; what answers as Ollama was started by somebody else. */
async function furnish(world: World): Promise<Machine> {
  const bin = join(world.folder, 'bin');
  const home = join(world.folder, 'hermes');
  mkdirSync(bin);
  mkdirSync(home);
  for (const [name, line] of [
    ['hermes', `exec '${process.execPath}' '${hermes}' "$@"`],
    ['ollama', 'exit 1'],
  ] as const) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const port = await freePort();
  const server = spawn(process.execPath, ['-e', answers, String(port)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (server.stdout) await once(server.stdout, 'data');
  const env = {
    HERMES_HOME: home,
    OLLAMA_HOST: `127.0.0.1:${port}`,
    PATH: `${bin}:${process.env.PATH}`,
  };
  return { env, server };
}

const profilesIn = (world: World): string[] => readdirSync(join(world.state, 'profiles')).sort();

test('a first start sets up nothing; what was found is looked after at a click, and given back at another [U3]', async ({
  world,
}) => {
  const { env, server } = await furnish(world);
  try {
    const { page } = await world.start({ env });
    await expect(page.getByTestId('welcome')).toBeVisible();
    await expect(page.getByTestId('offer-state-hermes')).toHaveText('Not running');
    await expect(page.getByTestId('offer-state-ollama')).toContainText('Running now');
    expect(profilesIn(world)).toEqual([]);
    expect((await watcherState(world.state)).gateways).toEqual({});

    await page.getByTestId('offer-add-ollama').click();
    await page.getByTestId('offer-add-hermes').click();
    await expect(page.getByTestId('offer-state-hermes')).toHaveText('Running');
    await expect(page.getByTestId('offer-state-ollama')).toHaveText('Run by others');
    expect(profilesIn(world)).toEqual(['hermes.json', 'ollama.json']);
    const { gateways } = await watcherState(world.state);
    expect(gateways.ollama?.state).toMatchObject({
      status: 'external',
      owner: { pid: server.pid },
    });

    // What others run is given back as it was found; what Holdfast runs is stopped.
    for (const name of ['Ollama', 'Hermes']) {
      const toast = page.getByTestId('toast').filter({ hasText: `looks after ${name}` });
      await toast.getByTestId('toast-action').click();
    }
    await expect(page.getByTestId('offer-add-hermes')).toBeVisible();
    await expect(page.getByTestId('offer-add-ollama')).toBeVisible();
    expect(profilesIn(world)).toEqual([]);
    expect(server.exitCode).toBeNull();
    const hermesState = gateways.hermes?.state;
    expect(hermesState && 'identity' in hermesState && isAlive(hermesState.identity)).toBe(false);
  } finally {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
});

test('where nothing is found there is a way on, and the demo gateway when it is asked for', async ({
  world,
}) => {
  const { page } = await world.start();
  await expect(page.getByTestId('welcome-none')).toContainText('Hermes, OpenClaw, Ollama');
  await page.getByTestId('welcome-add').click();
  await expect(page.getByTestId('form-name')).toBeVisible();
  await page.getByTestId('nav-home').click();
  await page.getByTestId('add-demo').click();
  await expectStatus(page, 'running');
  await expect(page.getByTestId('gateway')).toHaveAttribute('data-gateway', 'reference');
});

const sizes = [
  [800, 600],
  [1920, 1080],
] as const;
for (const theme of ['light', 'dark'] as const) {
  for (const [width, height] of sizes) {
    test(`axe finds nothing in the first view, ${theme}, ${width} × ${height}`, async ({
      world,
    }, info) => {
      const write = (file: string, value: unknown): void =>
        writeFileSync(join(world.state, file), JSON.stringify(value), { mode: 0o600 });
      write('settings.json', { schema: 1, theme, trayNoticeShown: true });
      write('memory.json', { bounds: { x: 0, y: 0, width, height, maximized: false } });
      const { env, server } = await furnish(world);
      try {
        const { page } = await world.start({ env });
        await expect(page.getByTestId('offer-state-hermes')).toBeVisible();
        expect(await accessibilityFindings(page)).toEqual([]);
        const body = await page.screenshot();
        await info.attach(`welcome-${theme}-${width}`, { body, contentType: 'image/png' });
      } finally {
        server.kill('SIGKILL');
        await once(server, 'exit');
      }
    });
  }
}

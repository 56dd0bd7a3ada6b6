/** Gateways that people really run: found on this machine, offered, kept. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askSocket } from '../electron/gateway/probes/control-socket.ts';
import { systemClock } from '../electron/process/index.ts';
import { expect, expectStatus, shownPid, test, type World } from './support/world.ts';

const standIn = fileURLToPath(new URL('./fixtures/hermes-gateway.ts', import.meta.url));

/** Installs the stand-in for Hermes: a command on the search path, a home, a second profile. */
function installHermes(world: World): { env: Record<string, string>; home: string } {
  const bin = join(world.folder, 'bin');
  const home = join(world.folder, 'hermes');
  mkdirSync(bin);
  mkdirSync(join(home, 'profiles', 'work'), { recursive: true });
  const command = join(bin, 'hermes');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${standIn}' "$@"\n`);
  chmodSync(command, 0o755);
  return { home, env: { HERMES_HOME: home, PATH: `${bin}:${process.env.PATH}` } };
}

test('Hermes is found, offered, kept, and restarted when it is idle', async ({ world }) => {
  const { env, home } = installHermes(world);
  await world.addDemo();
  const { page } = await world.start({ env });
  await expectStatus(page, 'running');
  await expect(page.getByTestId('offers-banner')).toContainText('Hermes, Hermes (work)');
  await page.getByTestId('offers-show').click();
  await page.getByTestId('offer-add-hermes').click();

  await expect(page.getByTestId('gateway-name')).toHaveText('Hermes');
  await expectStatus(page, 'running');
  await expect(page.getByTestId('part-telegram')).toContainText('connected');
  await expect(page.getByTestId('report-busy')).toHaveText('Nothing');
  const first = await shownPid(page);

  const tell = (verb: string) =>
    askSocket({ path: join(home, 'gateway.sock'), verb, timeoutMs: 5_000, clock: systemClock });
  await tell('test:busy:2');
  await page.getByTestId('gateway-restart-idle').click();
  await expect(page.getByTestId('gateway-restart-idle')).toHaveText('Restarts when idle');
  expect(await shownPid(page)).toBe(first);
  await tell('test:busy:0');
  await expect(page.getByTestId('gateway')).not.toHaveAttribute('data-pid', String(first));
  await expectStatus(page, 'running');
  await expect(page.getByTestId('fact-last-exit')).toContainText('restarted by you in the window');

  await page.getByTestId('gateway-stop').click();
  await expectStatus(page, 'stopped');
  expect(existsSync(join(home, '.gateway-planned-stop.json'))).toBe(false);
  // The other profile is still on offer.
  await expect(page.getByTestId('offers-banner')).toContainText('Hermes (work)');
});

test('a gateway on another machine is watched by its address [U19]', async ({ world }) => {
  let status = 200;
  const server = createServer((_, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  world.writeProfile({
    schema: 1,
    id: 'work',
    name: 'At work',
    program: { type: 'remote', url: `http://127.0.0.1:${port}/healthz`, everyMs: 1_000 },
  });
  const { page } = await world.start();
  await expectStatus(page, 'external');
  await expect(page.getByTestId('gateway-state')).toContainText('Reachable');
  await expect(page.getByTestId('gateway-restart')).toBeDisabled();
  status = 500;
  await expect(page.getByTestId('gateway-problem')).toContainText('answers 500');
  status = 200;
  await expect(page.getByTestId('gateway-problem')).toHaveCount(0);
  server.closeAllConnections();
  server.close();
});

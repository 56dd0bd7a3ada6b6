import { readdirSync, readFileSync } from 'node:fs';
import { expect, expectStatus, shownPid, test } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

test('a gateway is shown as soon as it runs, healthy', async ({ world }, info) => {
  const app = await world.start();
  await expectStatus(app.page, 'running');
  await expect(app.page.getByTestId('gateway')).toHaveAttribute('data-proof', 'verified');
  await expect(app.page.getByTestId('fact-port')).toHaveText(/\d+/);
  const pid = await shownPid(app.page);
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain(`HOLDFAST_STATE=${world.state}`);
  await info.attach('window', { body: await app.page.screenshot(), contentType: 'image/png' });
});

test('the window is sandboxed by the kernel [R90]', async ({ world }) => {
  test.skip(process.getuid?.() === 0, 'as root Electron has no sandbox: run through npm test');
  const app = await world.start();
  await expectStatus(app.page, 'running');
  const renderers = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => argvOf(name).includes('--type=renderer'))
    .filter((name) => argvOf(name).includes(world.state));
  expect(renderers.length).toBeGreaterThan(0);
  for (const pid of renderers) {
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\t2$/m);
  }
});

test('a window without a sandbox says so in every view, and the log says it too', async ({
  world,
}) => {
  const app = await world.start({ args: ['--no-sandbox'] });
  const said = 'Holdfast’s window runs without a sandbox: it was started with --no-sandbox.';
  const banner = app.page.getByTestId('problem-sandbox');
  await expect(banner).toContainText(said);
  await app.page.getByTestId('nav-settings').click();
  await expect(banner).toContainText('Start Holdfast without that word');
  expect(world.readText('logs', 'app.log')).toContain(said);
});

test('a second start shows the first one’s window and starts nothing', async ({ world }) => {
  const app = await world.start();
  await expectStatus(app.page, 'running');
  const pid = await shownPid(app.page);
  await expect(world.start()).rejects.toThrow(/ended \(0\)/);
  await expectStatus(app.page, 'running');
  expect(await shownPid(app.page)).toBe(pid);
});

function argvOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has just ended
  }
}

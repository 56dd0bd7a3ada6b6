/** The life of a gateway in the real window: added, edited, duplicated, removed and brought back. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, TestInfo } from '@playwright/test';
import { accessibilityFindings } from './support/accessibility.ts';
import { expect, expectStatus, freePort, shownPid, test, type World } from './support/world.ts';

const serve = (port: number) =>
  `'${process.execPath}' -e "require('node:http').createServer((_, r) => r.end(process.env.ANSWER)).listen(${port}, '127.0.0.1')"`;

const answerOf = async (port: number): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text();

function profileText(world: World, id: string): string {
  return readFileSync(join(world.state, 'profiles', `${id}.json`), 'utf8');
}

/** The window's Add, and the port of the demo gateway. */
async function openAdd(world: World): Promise<{ page: Page; demoPort: number }> {
  const demoPort = await world.addDemo();
  const { page } = await world.start();
  await expectStatus(page, 'running');
  await page.getByTestId('nav-add').click();
  return { page, demoPort };
}

test('a gateway is added, edited, duplicated, removed, and brought back as it was [U2]', async ({
  world,
}) => {
  const port = await freePort();
  const { page } = await openAdd(world);
  await page.getByTestId('form-name').fill('方舟');
  await page.getByTestId('form-line').fill(serve(port));
  await page.getByTestId('form-port').fill(String(port));
  await page.getByTestId('form-variable-add').click();
  await page.getByTestId('form-variable-name-0').fill('ANSWER');
  await page.getByTestId('form-variable-value-0').fill('first');
  await page.getByTestId('form-submit').click();
  await expect(page.getByTestId('gateway-name')).toHaveText('方舟');
  await expectStatus(page, 'running');
  expect(await answerOf(port)).toBe('first');

  await page.getByTestId('nav-profile').click();
  await page.getByTestId('profile-edit-open').click();
  await page.getByTestId('form-name').fill('方舟 II');
  await page.getByTestId('form-health').fill('/');
  await page.getByTestId('form-submit').click();
  await expect(page.getByTestId('gateway-name')).toHaveText('方舟 II');
  expect(JSON.parse(profileText(world, 'gateway'))).toMatchObject({
    env: { ANSWER: 'first' },
    readiness: { type: 'http', path: '/' },
    liveness: { type: 'http', path: '/' },
  });
  const first = await shownPid(page);
  await expect(page.getByTestId('gateway-changed')).toContainText('at the next start');
  await page.getByTestId('changed-restart').click();
  await expect(page.getByTestId('gateway-changed')).toHaveCount(0);
  await expectStatus(page, 'running');
  const pid = await shownPid(page);
  expect(pid).not.toBe(first);

  await page.getByTestId('profile-duplicate').click();
  await expect(page.getByTestId('gateway-name')).toHaveText('方舟 II (copy)');
  await expectStatus(page, 'stopped');
  await page.getByTestId('profile-remove').click();
  await expect(page.getByTestId('home')).toBeVisible();
  await expect(page.getByTestId('gateway-item-ii-copy')).toHaveCount(0);

  const written = profileText(world, 'gateway');
  await page.getByTestId('gateway-item-gateway').click();
  await page.getByTestId('nav-profile').click();
  await page.getByTestId('profile-remove').click();
  await expect(page.getByText('方舟 II was stopped and removed.')).toBeVisible();
  expect(existsSync(join(world.state, 'profiles', 'gateway.json'))).toBe(false);
  await expect(answerOf(port)).rejects.toThrow();
  await page
    .getByTestId('toast')
    .filter({ hasText: 'stopped and removed' })
    .getByTestId('toast-action')
    .click();
  await expect(page.getByTestId('gateway-name')).toHaveText('方舟 II');
  await expectStatus(page, 'running');
  expect(profileText(world, 'gateway')).toBe(written);
  expect(await shownPid(page)).not.toBe(pid);
  expect(await answerOf(port)).toBe('first');
});

test('what can’t work is said while one types, by the machine too [U17]', async ({ world }) => {
  const { page, demoPort } = await openAdd(world);
  await expect(page.getByTestId('form-reason')).toHaveText('Give it a name.');
  await page.getByTestId('form-name').fill('My server');
  await page.getByTestId('form-line').fill('nosuchcommand');
  await expect(page.getByTestId('form-line-finding')).toContainText(
    'nosuchcommand was not found on the search path',
  );
  await page.getByTestId('form-line').fill('cat log | nosuchcommand');
  await expect(page.getByTestId('form-line-finding')).toContainText('“|” needs a shell');
  await page.getByTestId('form-shell').check();
  await expect(page.getByTestId('form-line-finding')).toHaveCount(0);
  await page.getByTestId('form-folder').fill(join(world.folder, 'gone'));
  await expect(page.getByTestId('form-folder-finding')).toContainText('does not exist');
  await page.getByTestId('form-port').fill(String(demoPort));
  await expect(page.getByTestId('form-port-finding')).toBeVisible();
  await page.getByTestId('nav-settings').click();
  await page.getByTestId('nav-add').click();
  await expect(page.getByTestId('form-name')).toHaveValue('My server');

  await page.getByTestId('form-shell').uncheck();
  await page.getByTestId('form-folder').fill('');
  const script = `console.log('no API key'); process.exit(3)`;
  await page.getByTestId('form-line').fill(`'${process.execPath}' -e "${script}"`);
  await page.getByTestId('form-test').click();
  await expect(page.getByTestId('trial')).toContainText('(exit code 3)');
  await expect(page.getByTestId('trial')).toContainText('no API key');
  expect(existsSync(join(world.state, 'profiles', 'my-server.json'))).toBe(false);
});

/** axe, and a picture to look at. */
async function look(page: Page, info: TestInfo, name: string): Promise<void> {
  expect(await accessibilityFindings(page), name).toEqual([]);
  const body = await page.screenshot();
  await info.attach(name, { body, contentType: 'image/png' });
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the forms and around them, ${theme}`, async ({ world }, info) => {
    const { page } = await openAdd(world);
    await page.getByTestId('nav-settings').click();
    await page.getByTestId(`settings-theme-${theme}`).check();
    await page.getByTestId('nav-add').click();
    await look(page, info, `add-empty-${theme}`);
    await page.getByTestId('form-name').fill('My server');
    await page.getByTestId('form-line').fill('cat log | nosuchcommand');
    await page.getByTestId('form-port').fill('eighty');
    await page.getByTestId('form-variable-add').click();
    await expect(page.getByTestId('form-shell')).toBeVisible();
    await expect(page.getByTestId('form-port-finding')).toBeVisible();
    await look(page, info, `add-findings-${theme}`);
    await page.getByTestId('form-line').fill('echo "no API key"');
    await page.getByTestId('form-port').fill('');
    await page.getByTestId('form-test').click();
    await expect(page.getByTestId('trial')).toContainText('no API key');
    await look(page, info, `add-tested-${theme}`);
    await page.getByTestId('gateway-item-reference').click();
    await page.getByTestId('nav-profile').click();
    await expect(page.getByTestId('profile-remove')).toBeEnabled();
    await look(page, info, `settings-${theme}`);
    await page.getByTestId('profile-edit-open').click();
    await page.getByTestId('form-name').fill('The demonstration');
    await look(page, info, `edit-${theme}`);
    await page.getByTestId('profile-remove').click();
    await expect(page.getByTestId('toast-action')).toBeVisible();
    await look(page, info, `removed-${theme}`);
    await page.getByTestId('toast-action').click();
    await expectStatus(page, 'running');
  });
}

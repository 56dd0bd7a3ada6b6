import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ProfileInput } from '../electron/contract/profile.ts';
import { prepareStateFolder, stateFolder } from '../electron/files/state-folder.ts';
import { expect, expectStatus, freePort, test } from './support/world.ts';

const command = (id: string, rest: Partial<ProfileInput>): ProfileInput => ({
  schema: 1,
  id,
  name: id,
  program: {
    type: 'command',
    command: process.execPath,
    args: ['-e', 'setInterval(()=>{},1e6)'],
  },
  ...rest,
});

test('broken, huge and newer profiles are named, and the good one runs [F32]', async ({
  world,
}) => {
  world.writeProfile(command('good', {}));
  const profiles = join(world.state, 'profiles');
  writeFileSync(join(profiles, 'broken.json'), '{"schema": 1, "id": ');
  writeFileSync(join(profiles, 'huge.json'), `"${'x'.repeat(1024 * 1024)}"`);
  writeFileSync(
    join(profiles, 'newer.json'),
    JSON.stringify({ ...command('newer', {}), schema: 9 }),
  );
  const { page } = await world.start();
  await expectStatus(page, 'running');
  // Not in every view: home has them, and a mark leads there.
  await expect(page.getByText('broken.json')).toHaveCount(0);
  await expect(page.getByTestId('home-mark')).toHaveAttribute('title', '3 profiles can’t be used');
  await page.getByTestId('nav-home').click();
  for (const file of ['broken.json', 'huge.json', 'newer.json']) {
    await expect(page.getByTestId(`broken-${file}`)).toContainText(`${file} can’t be used: `);
    await expect(page.getByTestId(`broken-open-${file}`)).toBeVisible();
    expect(existsSync(join(profiles, file))).toBe(true);
  }
});

test('settings that can’t be read are said and kept aside, and Holdfast starts with the first ones', async ({
  world,
}) => {
  world.writeProfile(command('good', {}));
  const settings = join(world.state, 'settings.json');
  writeFileSync(settings, '{"schema":1,"theme":', { mode: 0o600 });
  const app = await world.start();
  const { page } = app;
  await expectStatus(page, 'running');
  const problem = page.getByTestId('problem-settings');
  await expect(problem).toContainText('settings.json');
  await expect(problem).toContainText('The old file is kept as ');
  await page.getByTestId('nav-settings').click();
  await page.getByTestId('settings-theme-dark').check();
  await expect(problem).toHaveCount(0);
  await app.close();
  const kept = readdirSync(world.state).find((name) => name.startsWith('settings.json.corrupt-'));
  expect(readFileSync(join(world.state, kept ?? ''), 'utf8')).toBe('{"schema":1,"theme":');
  expect(JSON.parse(readFileSync(settings, 'utf8'))).toMatchObject({ theme: 'dark' });
});

test('a command that does not exist is named, with what to do', async ({ world }) => {
  world.writeProfile({
    ...command('missing', {}),
    program: { type: 'command', command: '/nowhere/gateway' },
  });
  const { page } = await world.start();
  await expectStatus(page, 'failed');
  await expect(page.getByTestId('gateway-problem')).toContainText('/nowhere/gateway');
});

test('a port that is taken: its holder is named and left alone [F21]', async ({ world }) => {
  const port = await freePort();
  const holder = createServer().listen(port, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  world.writeProfile({
    ...command('taken', { port, readiness: { type: 'tcp' } }),
    program: {
      type: 'command',
      command: process.execPath,
      args: ['-e', `require('net').createServer().listen(${port},'127.0.0.1')`],
    },
  });
  const { page } = await world.start();
  await expectStatus(page, 'failed');
  await expect(page.getByTestId('gateway-problem')).toContainText(String(port));
  await expect(page.getByTestId('gateway-problem')).toContainText(String(process.pid));
  expect(holder.listening).toBe(true);
  holder.close();
});

test('a state folder that can’t be written is a sentence, not a crash [F31]', async ({ world }) => {
  test.skip(process.getuid?.() === 0, 'root may write everywhere');
  chmodSync(join(world.state, 'profiles'), 0o500);
  chmodSync(world.state, 0o500);
  const folders = [
    // Nothing can be made in it …
    [join(world.state, 'ledger'), 'Check that the disk is writable and belongs to you.'],
    // … and when all is there already, nothing can be changed.
    [world.state, 'Check its permissions, or start Holdfast with another --user-data-dir.'],
  ] as const;
  try {
    for (const [folder, advice] of folders) {
      const said = await world.start().then(
        () => 'nothing',
        (error: unknown) => String(error),
      );
      expect(said).toContain('The app ended (1)');
      expect(said).toMatch(/Holdfast (cannot create|can’t write to) its folder /);
      expect(said).toContain(` ${folder}. ${advice}`);
      // A sentence, not a stack.
      expect(said.slice(said.indexOf('Holdfast ca'))).not.toMatch(/^\s+at /m);
      chmodSync(world.state, 0o700);
      prepareStateFolder(stateFolder(world.state));
      chmodSync(world.state, 0o500);
    }
  } finally {
    chmodSync(world.state, 0o700);
    chmodSync(join(world.state, 'profiles'), 0o700);
  }
  world.writeProfile(command('good', {}));
  const { page } = await world.start();
  await expectStatus(page, 'running');
});

test('a --user-data-dir that can’t be made is named, and no other folder is used', async ({
  world,
}) => {
  rmSync(world.state, { recursive: true });
  writeFileSync(world.state, 'a file');
  const said = await world.start().then(
    () => 'nothing',
    (error: unknown) => String(error),
  );
  expect(said).toContain('The app ended (1)');
  expect(said).toContain(`can’t use the folder ${world.state} that --user-data-dir names`);
});

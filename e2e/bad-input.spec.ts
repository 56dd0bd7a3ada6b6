import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ProfileInput } from '../electron/contract/profile.ts';
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

test('broken, huge and newer profiles are named, and the good one runs', async ({ world }) => {
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
  for (const file of ['broken.json', 'huge.json', 'newer.json']) {
    await expect(page.getByText(file).first()).toBeVisible();
    expect(existsSync(join(profiles, file))).toBe(true);
  }
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

test('a port that is taken: its holder is named and left alone', async ({ world }) => {
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

test('a state folder that can’t be written is a sentence, not a crash', async ({ world }) => {
  test.skip(process.getuid?.() === 0, 'root may write everywhere');
  chmodSync(join(world.state, 'profiles'), 0o500);
  chmodSync(world.state, 0o500);
  try {
    const app = await world.start().catch((error: unknown) => String(error));
    if (typeof app === 'string') expect(app).toMatch(/can(’|')t|cannot|not be written/);
    else
      await expect(
        app.page.getByText(/can(’|')t be written|not writable|no permission/i).first(),
      ).toBeVisible();
  } finally {
    chmodSync(world.state, 0o700);
    chmodSync(join(world.state, 'profiles'), 0o700);
  }
});

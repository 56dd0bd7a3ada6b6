/** Messages to the phone, from settings to a server on this machine, and with the app closed. */
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { expect, expectStatus, test } from './support/world.ts';

const topic = 'a-topic-that-nobody-guesses';

const sleeper = 'setInterval(() => {}, 1e6)';

interface Phone {
  readonly address: string;
  readonly titles: string[];
  close(): void;
}

async function startPhone(): Promise<Phone> {
  const titles: string[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += String(part);
    });
    request.on('end', () => {
      titles.push(JSON.parse(body).title);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('no port');
  return {
    address: `http://127.0.0.1:${at.port}/${topic}`,
    titles,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Names of files below `folder` that hold `text`; what is staged is the product's own. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(join(folder, 'staged')))
    .filter((file) => readFileSync(file, 'latin1').includes(text))
    .map((file) => file.slice(folder.length + 1));
}

test('a gateway that fails while Holdfast is closed reaches the phone once, and the address stays secret', async ({
  world,
}) => {
  const phone = await startPhone();
  try {
    const idle = { type: 'command' as const, command: process.execPath, args: ['-e', sleeper] };
    world.writeProfile({ schema: 1, id: 'mail', name: 'Mail bridge', program: idle });
    const app = await world.start();
    const { page } = app;
    await expectStatus(page, 'running', 30_000);
    await page.getByTestId('nav-settings').click();
    await page.getByTestId('phone-address').fill(phone.address);
    await page.getByTestId('phone-test').click();
    await expect(page.getByTestId('phone-answer')).toContainText('has taken it (200).');
    await page.getByTestId('phone-save').click();
    await expect(page.getByTestId('phone-target')).toContainText('127.0.0.1');
    expect(await page.content()).not.toContain(topic);
    expect(phone.titles).toEqual(['A test from Holdfast']);

    await app.close();
    const command = join(world.folder, 'no-such-program');
    const program = { type: 'command' as const, command };
    world.writeProfile({ schema: 1, id: 'broken', name: 'Broken', program });
    await expect
      .poll(() => phone.titles.slice(1), { timeout: 30_000 })
      .toEqual(['Broken can’t start']);
    expect(filesWith(world.state, topic)).toEqual(['phone.json']);
    if (process.platform !== 'win32') {
      expect(statSync(join(world.state, 'phone.json')).mode & 0o777).toBe(0o600);
    }

    const { page: again } = await world.start();
    await again.getByTestId('nav-settings').click();
    await expect(again.getByTestId('settings-phone')).toContainText('The last message arrived');
    await again.getByTestId('phone-remove').click();
    await expect(again.getByTestId('phone-address')).toBeVisible();
    expect(filesWith(world.state, topic)).toEqual([]);
    expect(phone.titles).toHaveLength(2);
  } finally {
    phone.close();
  }
});

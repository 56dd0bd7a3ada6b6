/**
 * The pictures of README and docs, taken of the real window: `npm run screenshots`. The gateways are real
 * processes with made-up names; their last day is written into their histories before the app starts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { EventFacts } from '../../electron/contract/events.ts';
import type { ProfileInput } from '../../electron/contract/profile.ts';
import type { SettingsChange } from '../../electron/contract/settings.ts';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { EventLog } from '../../electron/gateway/events/event-log.ts';
import { layVersionedGateway, versions } from '../support/release-gateway.ts';
import { expect, expectStatus, freePort, test, type World } from '../support/world.ts';

const hour = 3_600_000;
const themes = ['light', 'dark'] as const;
type Theme = (typeof themes)[number];

const results = process.env.HOLDFAST_RESULTS ?? 'test-results';
const folder = join(results, 'pictures');

/** Answers every question; its report names a part that needs its user. */
const chat = `
  console.log('connected to Matrix');
  console.log('Discord: the token was refused');
  const platforms = {
    matrix: { state: 'connected' },
    discord: { state: 'error', error_message: 'The token was refused', needs_attention: true },
  };
  require('node:http')
    .createServer((_, response) => response.end(JSON.stringify({ platforms })))
    .listen(process.argv[1], '127.0.0.1');
`;
const web = `
  console.log('listening on port ' + process.argv[1]);
  require('node:http')
    .createServer((_, response) => response.end('well'))
    .listen(process.argv[1], '127.0.0.1');
`;

async function server(
  id: string,
  name: string,
  script: string,
  more: Partial<ProfileInput> = {},
): Promise<ProfileInput> {
  const port = await freePort();
  const args = ['-e', script, '{port}'];
  return {
    schema: 1,
    id,
    name,
    program: { type: 'command', command: process.execPath, args },
    port,
    readiness: { type: 'http', path: '/' },
    ...more,
  };
}

/** What happened in the last day, by hours before now. */
function writePast(
  world: World,
  id: string,
  past: readonly [hoursAgo: number, EventFacts][],
): void {
  const now = Date.now();
  let at = now;
  const log = new EventLog(stateFolder(world.state).eventFile(id), {
    now: () => at,
    up: () => at - now + 40 * hour,
  });
  // Another watcher looked after it until now.
  for (const [hoursAgo, facts] of [...past, left]) {
    at = now - hoursAgo * hour;
    log.append([{ ...facts, ...log.moment() }]);
  }
}

const began: [number, EventFacts] = [30, { kind: 'watching', why: 'boot' }];
const left: [number, EventFacts] = [0.01, { kind: 'unwatched', why: 'signal' }];
const ready: EventFacts = { kind: 'ready', status: 'up', tookMs: 900 };
const crashed: EventFacts = {
  kind: 'ended',
  status: 'down',
  by: { cause: 'itself' },
  code: 1,
  reason: 'exit code 1',
  output: ['Error: Cannot find module ‘express’'],
};
const again: EventFacts = { kind: 'started', why: 'crash' };

/** Six as they are found on a machine at home. */
async function someGateways(world: World): Promise<void> {
  const { profile } = await layVersionedGateway(world, 'notes', () => ({ soakMs: 30_000 }));
  world.writeProfile({ ...profile, name: 'Notes agent' });
  const reporting: Partial<ProfileInput> = {
    report: { from: [{ type: 'http', path: '/' }], fields: { parts: 'platforms' } },
  };
  for (const one of [
    await server('chat', 'Chat agent', chat, reporting),
    await server('photos', 'Photo server', web),
    await server('home', 'Home automation', web),
    await server('backup', 'Nightly backup', web, { autostart: false }),
    await server(
      'weather',
      'Weather bot',
      `console.error("Error: Cannot find module 'express'"); process.exit(78)`,
      {
        exitCodes: { restart: [], fatal: [78] },
      },
    ),
  ]) {
    world.writeProfile(one);
  }
  writePast(world, 'notes', [began, [29.9, ready]]);
  writePast(world, 'chat', [began, [29.9, ready]]);
  writePast(world, 'photos', [began, [29.9, ready], [9, crashed], [8.99, again], [8.4, ready]]);
  writePast(world, 'home', [
    began,
    [29.9, ready],
    [15, { kind: 'unwell', status: 'unwell', problem: { message: 'It does not answer.' } }],
    [14.2, { kind: 'recovered', status: 'up' }],
  ]);
}

function write(world: World, file: string, value: unknown): void {
  writeFileSync(join(world.state, file), JSON.stringify(value), { mode: 0o600 });
}

async function open(
  world: World,
  theme: Theme,
  size: { width: number; height: number },
): Promise<Page> {
  const settings: SettingsChange & Record<string, unknown> = {
    schema: 1,
    theme,
    checkForUpdates: false,
    trayNoticeShown: true,
  };
  write(world, 'settings.json', settings);
  write(world, 'memory.json', {
    bounds: { x: 0, y: 0, ...size, maximized: false },
    dismissed: null,
  });
  return (await world.start()).page;
}

/** The window as it is, without a pointer over it. */
async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}

for (const theme of themes) {
  test(`home, and what is inside a gateway, in ${theme}`, async ({ world }) => {
    await someGateways(world);
    const page = await open(world, theme, { width: 1260, height: 780 });
    await expect(page.getByTestId('home-title')).toHaveText('2 of 6 gateways have a problem');
    for (const id of ['notes', 'photos', 'home']) {
      await expect(page.getByTestId(`home-gateway-${id}`)).toHaveAttribute('data-tone', 'good');
    }
    await picture(page, `home-${theme}`);

    await page.getByTestId('gateway-item-weather').click();
    await expectStatus(page, 'failed');
    await picture(page, `problem-${theme}`);

    await page.getByTestId('gateway-item-photos').click();
    await page.getByTestId('nav-history').click();
    await expect(page.getByTestId('history-panel')).toContainText('Cannot find module');
    await picture(page, `history-${theme}`);

    await page.getByTestId('gateway-item-chat').click();
    await page.getByTestId('nav-logs').click();
    await expect(page.getByTestId('logs')).toContainText('the token was refused');
    await picture(page, `logs-${theme}`);

    await page.getByTestId('nav-settings').click();
    await picture(page, `settings-${theme}`);
  });

  test(`the update of a gateway, in ${theme}`, async ({ world }) => {
    const { profile } = await layVersionedGateway(world, 'notes', () => ({ soakMs: 600_000 }));
    const liveness = { type: 'http', path: '/healthz' } as const;
    world.writeProfile({ ...profile, liveness, name: 'Notes agent' });
    writePast(world, 'notes', [began, [29.9, ready]]);
    const page = await open(world, theme, { width: 1080, height: 760 });
    await page.getByTestId('gateway-item-notes').click();
    await expectStatus(page, 'running');
    await page.getByTestId('gateway-check-version').click();
    const offer = page.getByTestId('gateway-version-offer');
    await expect(offer).toContainText(`${versions.next} is available`);
    await picture(page, `gateway-update-offer-${theme}`);
    await page.getByTestId('gateway-install-version').click();
    await expect(page.getByTestId('gateway-keep-version')).toBeVisible();
    await picture(page, `gateway-update-soak-${theme}`);
    await page.getByTestId('gateway-keep-version').click();
    const last = page.getByTestId('fact-last-update');
    await expect(last).toContainText(`${versions.old} → ${versions.next}, installed`);
    await last.scrollIntoViewIfNeeded();
    await picture(page, `gateway-update-done-${theme}`);
  });
}

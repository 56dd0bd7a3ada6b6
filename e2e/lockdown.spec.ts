/**
 * What the window's page may do, tried in the page itself, as a script would that got into it. The
 * rules have their own unit tests; here they are tested in force.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type FeedServer, startFeedServer } from './fixtures/feed-server.ts';
import { expect, expectStatus, test, type World } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

/** Chromium's own microphone and camera, so that a refusal is not for want of a device. */
const withDevices = '--use-fake-device-for-media-stream';

test('a script in the window’s page finds no Node and nothing of the preload’s [R90]', async ({
  world,
}) => {
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const found = await page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', 'setImmediate', 'electron'].filter(
      (name) => name in globalThis,
    ),
  );
  expect(found).toEqual([]);
  expect(await page.evaluate(() => typeof Reflect.get(globalThis, 'holdfast'))).toBe('object');
  expect(await worldsOf(page)).toContain('Electron Isolated Context');
});

test('what the page asks leave for is denied, all but copying [R90]', async ({ world }) => {
  const { page } = await world.start({ args: [withDevices] });
  await expectStatus(page, 'running');
  expect(await page.evaluate(askForEverything)).toEqual({
    notifications: 'denied',
    location: 'PERMISSION_DENIED',
    microphone: 'NotAllowedError',
    pasting: 'NotAllowedError',
    copying: 'allowed',
  });
});

test('the page is not left, by any way a script knows, and no window is opened [R90]', async ({
  world,
}) => {
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const outside = await startOutside(world);
  try {
    await page.evaluate(() => Reflect.set(globalThis, 'stayed', true));
    for (const [way, address] of [
      ['location', `${outside.url}/location.html`],
      ['click', `${outside.url}/click.html`],
      ['location', 'app://holdfast/other.html'],
    ] as const) {
      await page.evaluate(leave, [way, address] as const);
      await expect
        .poll(() => appLog(world))
        .toContain(`Refused to leave the window's page for ${address}`);
    }
    const opened = await page.evaluate(
      (url) => [`${url}/opened.html`, 'about:blank'].map((one) => window.open(one) !== null),
      outside.url,
    );
    expect(opened).toEqual([false, false]);
    expect(await page.evaluate(() => Reflect.get(globalThis, 'stayed'))).toBe(true);
    expect(page.context().pages()).toEqual([page]);
    expect(outside.requests).toEqual([]);
  } finally {
    await outside.close();
  }
});

test('the page’s policy is in force: nothing foreign is loaded, and no text becomes a script [R90]', async ({
  world,
}) => {
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const outside = await startOutside(world);
  try {
    expect(await page.evaluate(breakPolicy, outside.url)).toEqual([
      'connect-src',
      'img-src',
      'require-trusted-types-for',
      'style-src-elem',
    ]);
    expect(outside.requests).toEqual([]);
  } finally {
    await outside.close();
  }
});

test('a webview or a frame in the page shows nothing [R90]', async ({ world }) => {
  const { page } = await world.start();
  await expectStatus(page, 'running');
  const outside = await startOutside(world);
  try {
    const events = await page.evaluate(async (url) => {
      const view = document.createElement('webview');
      view.setAttribute('src', `${url}/webview.html`);
      const frame = document.createElement('iframe');
      frame.src = `${url}/frame.html`;
      const refused = new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) =>
          resolve(event.effectiveDirective),
        );
      });
      document.body.append(view, frame);
      return { refused: await refused, attachable: 'getWebContentsId' in view };
    }, outside.url);
    expect(events).toEqual({ refused: 'frame-src', attachable: false });
    expect(outside.requests).toEqual([]);
  } finally {
    await outside.close();
  }
});

/** A site that the page could be led to. */
function startOutside(world: World): Promise<FeedServer> {
  const folder = join(world.folder, 'site');
  mkdirSync(folder);
  for (const name of ['location', 'click', 'opened', 'webview', 'frame']) {
    writeFileSync(join(folder, `${name}.html`), '<title>Elsewhere</title>');
  }
  return startFeedServer(folder);
}

function appLog(world: World): string {
  return world.readText('logs', 'app.log');
}

/** The names of the page's worlds: each has its own set of globals. */
async function worldsOf(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const names: string[] = [];
  session.on('Runtime.executionContextCreated', ({ context }) => names.push(context.name));
  // Tells of those there are before it answers.
  await session.send('Runtime.enable');
  await session.detach();
  return names;
}

/** In the page: navigates to another address. */
function leave([way, address]: readonly [way: 'location' | 'click', address: string]): void {
  if (way === 'location') {
    location.href = address;
    return;
  }
  const link = document.createElement('a');
  link.href = address;
  document.body.append(link);
  link.click();
}

/** In the page: what each request for a permission comes to. */
async function askForEverything(): Promise<Record<string, string>> {
  const nameOf = (error: unknown): string =>
    error instanceof Error || error instanceof DOMException ? error.name : String(error);
  const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'allowed', nameOf);
  const location = new Promise<string>((resolve) => {
    navigator.geolocation.getCurrentPosition(
      () => resolve('allowed'),
      ({ code }) => resolve(code === 1 ? 'PERMISSION_DENIED' : `code ${code}`),
    );
  });
  return {
    notifications: await Notification.requestPermission(),
    location: await location,
    microphone: await outcome(navigator.mediaDevices.getUserMedia({ audio: true, video: true })),
    copying: await outcome(navigator.clipboard.writeText('copied')),
    pasting: await outcome(navigator.clipboard.readText()),
  };
}

/** Does what the policy forbids; which of its rules were broken, by what the browser reports. */
async function breakPolicy(outside: string): Promise<string[]> {
  const broken = new Set<string>();
  const four = new Promise<void>((resolve) => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      broken.add(effectiveDirective);
      if (broken.size === 4) resolve();
    });
  });
  void fetch('app://holdfast/index.html').catch(() => undefined);
  const image = new Image();
  image.src = `${outside}/picture.png`;
  const style = document.createElement('style');
  style.textContent = 'body { color: red }';
  document.head.append(style);
  try {
    document.body.insertAdjacentHTML('beforeend', '<b></b>');
  } catch {
    // Refused, and reported.
  }
  await four;
  return [...broken].sort();
}

/** The gallery in a window of Electron: every component and state without an app behind it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import type { Page } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { openBare } from './bare-electron.ts';
import { projectRoot } from './desktop-app.ts';
import { createSandbox } from './sandbox.ts';

export interface Gallery {
  readonly page: Page;
  /** Shows a scene by its name. */
  show(scene: string, theme: 'light' | 'dark'): Promise<void>;
  close(): Promise<void>;
}

/** What the scenes take for the present: their times don't differ from one run to the next. */
const present = new Date('2026-03-02T12:00:00Z');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

export async function openGallery(): Promise<Gallery> {
  const sandbox = createSandbox('gallery');
  const folder = join(sandbox.folder, 'built');
  await build({
    root: join(projectRoot, 'renderer'),
    base: './',
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    build: {
      outDir: folder,
      rolldownOptions: { input: join(projectRoot, 'renderer/gallery.html') },
    },
  });
  const server = serve(folder);
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('The gallery is not served.');
  const origin = `http://127.0.0.1:${address.port}`;
  const bare = await openBare('Holdfast', [
    join(projectRoot, 'e2e/gallery/main.cjs'),
    `${origin}/gallery.html`,
    '--lang=en-US',
    '--force-device-scale-factor=1',
  ]);
  const { page } = bare;
  await page.clock.setFixedTime(present);
  return {
    page,
    async show(scene, theme) {
      await page.goto(`${origin}/gallery.html?state=${scene}&theme=${theme}`);
      await page.locator('[data-testid="window"], [data-testid="loading"]').waitFor();
      await page.evaluate(() => document.fonts.ready);
    },
    async close() {
      await bare.close();
      server.close();
      sandbox.remove();
    },
  };
}

function serve(folder: string): Server {
  return createServer(({ url = '/' }, response) => {
    const file = join(folder, new URL(url, 'http://127.0.0.1').pathname);
    try {
      const bytes = readFileSync(file);
      response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
}

/** One of each kind: more would be no surer, and megabytes. */
const inLight = [
  ...['home-1', 'home-3', 'home-broken', 'lost', 'empty', 'add', 'settings', 'quit'],
  ...['gateway-failed', 'gateway-waiting', 'gateway-external', 'gateway-version-offered'],
  ...['gateway-history', 'gateway-settings', 'logs-still', 'gateway-last-output'],
  ...['update-ready', 'update-downloading', 'update-failed', 'update-replacing', 'receipt-rich'],
];
/** Where colours decide. */
const inDark = ['home-3', 'gateway-failed', 'update-ready', 'receipt-rich'];

/** The scenes that are pictured, each as the file that holds its picture. */
export const galleryPictures = [
  ...inLight.map((name) => ({ name, theme: 'light' as const })),
  ...inDark.map((name) => ({ name, theme: 'dark' as const })),
].map((one) => ({ ...one, file: `${one.name}-${one.theme}.png` }));

/** Takes them into `folder`. */
export async function takePictures(gallery: Gallery, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const { name, theme, file } of galleryPictures) {
    await gallery.show(name, theme);
    await gallery.page.mouse.move(0, 0);
    await gallery.page.screenshot({ path: join(folder, file), animations: 'disabled' });
  }
}

/** With other letters, everything is another picture. */
export function fontOfPictures(): string {
  try {
    const file = execFileSync('fc-match', ['-f', '%{file}', 'sans-serif'], { encoding: 'utf8' });
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return 'unknown';
  }
}

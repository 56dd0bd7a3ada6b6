/** A window of Electron without the app behind it, driven as the app's is. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Browser, chromium, type Page } from '@playwright/test';
import { freePort } from '../../electron/testing/free-port.ts';
import { debuggerEndpoint, electronBinary, fieldOf } from './desktop-app.ts';
import { createSandbox } from './sandbox.ts';

export interface BareElectron {
  readonly page: Page;
  /** Epoch milliseconds at which its program was started. */
  readonly startedAt: number;
  close(): Promise<void>;
}

const opensWithinMs = 60_000;

/** Runs `words` (a main script and its arguments); resolves when its page, whose title begins with `title`, is loaded. */
export async function openBare(title: string, words: readonly string[]): Promise<BareElectron> {
  const sandbox = createSandbox('bare');
  const port = await freePort();
  const own = [`--user-data-dir=${sandbox.state}`, `--remote-debugging-port=${port}`];
  const startedAt = Date.now();
  const child = spawn(electronBinary(), [...words, ...own], {
    stdio: 'ignore',
    env: { ...process.env, TZ: 'UTC' },
  });
  const end = async (): Promise<void> => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    sandbox.remove();
  };
  try {
    const { browser, page } = await pageOf(port, title);
    return {
      page,
      startedAt,
      async close() {
        await browser.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function pageOf(port: number, title: string): Promise<{ browser: Browser; page: Page }> {
  // A page's title is its address until it is loaded.
  const isLoaded = (target: unknown): boolean => fieldOf(target, 'title').startsWith(title);
  for (const until = performance.now() + opensWithinMs; performance.now() < until; ) {
    const endpoint = await debuggerEndpoint(port, isLoaded);
    const browser = endpoint ? await chromium.connectOverCDP(endpoint) : null;
    const page = browser?.contexts()[0]?.pages()[0];
    if (browser && page) return { browser, page };
    await browser?.close();
    await new Promise((resume) => setTimeout(resume, 50));
  }
  throw new Error(`The window “${title}” did not open.`);
}

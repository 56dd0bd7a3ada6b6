/**
 * Starts the real app, as a person's desktop would, and drives its window over Chromium's own
 * debugging protocol: the same way for the unpacked app and for a packaged AppImage, whose
 * successor is started by the watcher and not by the test.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { freePort } from '../../electron/testing/free-port.ts';

export interface AppOptions {
  /** The user data folder: also Holdfast's state folder. */
  readonly state: string;
  /** An AppImage; absent: the built tree (out/) on the resolved Electron. */
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Before exec, e.g. to enter a cgroup: `['sh', '-c', 'echo $$ > …; exec "$@"', 'sh']`. */
  readonly wrapper?: readonly string[];
}

export interface DesktopApp {
  readonly pid: number;
  /** Epoch milliseconds at which its program was started. */
  readonly startedAt: number;
  readonly port: number;
  readonly page: Page;
  /** Everything the app has written to stdout and stderr. */
  output(): string;
  /** Resolves when the process has ended. */
  readonly exited: Promise<number | null>;
  kill(): void;
  close(): Promise<void>;
}

export const projectRoot = join(import.meta.dirname, '../..');

export function electronBinary(): string {
  const binary = process.env.HOLDFAST_ELECTRON;
  if (!binary) {
    throw new Error(
      'HOLDFAST_ELECTRON names no Electron: run the tests through `npm run test:e2e`.',
    );
  }
  return binary;
}

/** Starts the app and waits until its window shows the page. */
export async function startApp(options: AppOptions): Promise<DesktopApp> {
  const port = await freePort();
  const program = options.image
    ? [options.image]
    : [electronBinary(), join(projectRoot, 'out/main/main.js')];
  const [command, ...args] = [
    ...(options.wrapper ?? []),
    ...program,
    `--user-data-dir=${options.state}`,
    `--remote-debugging-port=${port}`,
    ...(options.args ?? []),
  ];
  if (command === undefined) throw new Error('nothing to start');
  const startedAt = Date.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const { browser, page } = await Promise.race([
    attach(port),
    exited.then((code) => {
      throw new Error(`The app ended (${code}) before its window came up:\n${output()}`);
    }),
  ]);
  if (child.pid === undefined) throw new Error('the app has no pid');
  return {
    pid: child.pid,
    startedAt,
    port,
    page,
    output,
    exited,
    kill: () => child.kill('SIGKILL'),
    async close() {
      await browser.close().catch(() => undefined);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  const take = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-200_000);
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  return () => text;
}

/**
 * Attaches to the window of an app that listens, or soon will, on the debugging `port`.
 * @param timeoutMs how long the app may take to come up
 */
export async function attach(
  port: number,
  timeoutMs = 60_000,
): Promise<{ browser: Browser; page: Page }> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const endpoint = await debuggerEndpoint(port);
    if (endpoint) {
      const browser = await chromium.connectOverCDP(endpoint);
      const page = await appPage(browser, deadline);
      if (page) return { browser, page };
      await browser.close();
    }
    if (performance.now() > deadline) {
      throw new Error(`No window appeared on debugging port ${port} within ${timeoutMs} ms.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Where to attach, once the window shows the page: a client that attaches while the window is being
 * made may wait for it for ever.
 * @param isShown whether a target of the debugger is that page; by default the app's own
 */
export async function debuggerEndpoint(
  port: number,
  isShown: (target: unknown) => boolean = isAppPage,
): Promise<string | undefined> {
  try {
    const targets: unknown = await answerOf(port, 'list');
    if (!Array.isArray(targets) || !targets.some(isShown)) return undefined;
    const url = fieldOf(await answerOf(port, 'version'), 'webSocketDebuggerUrl');
    return url === '' ? undefined : url;
  } catch {
    return undefined;
  }
}

async function answerOf(port: number, what: 'list' | 'version'): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${port}/json/${what}`);
  return answer.json();
}

/** A target has its page's title only when the page was loaded; before, it has its address. */
function isAppPage(target: unknown): boolean {
  const title = fieldOf(target, 'title');
  return fieldOf(target, 'url').startsWith('app://') && /^(.* – )?Holdfast$/.test(title);
}

/** What the debugger says of a target under `name`; empty where it says nothing. */
export function fieldOf(record: unknown, name: string): string {
  const value: unknown = typeof record === 'object' && record ? Reflect.get(record, name) : '';
  return typeof value === 'string' ? value : '';
}

async function appPage(browser: Browser, deadline: number): Promise<Page | undefined> {
  while (performance.now() < deadline && browser.isConnected()) {
    for (const page of browser.contexts().flatMap((context) => context.pages())) {
      if (page.url().startsWith('app://')) return page;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

/**
 * A window as its user has it. Playwright keeps every page that it is attached to visible and focused, so
 * it must let go of the page before one can ask what a hidden one does.
 */
import { once } from 'node:events';
import * as z from 'zod/mini';
import type { DesktopApp } from './desktop-app.ts';

const targetsSchema = z.array(z.object({ url: z.string(), webSocketDebuggerUrl: z.string() }));
const answerSchema = z.object({ id: z.optional(z.int()), method: z.optional(z.string()) });

export interface Debugger {
  /** Sends a command of the DevTools protocol; resolves with its `result`. */
  send(method: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Every event's `params`, as it comes. */
  on(method: string, hear: (params: unknown) => void): void;
  close(): void;
}

/** Has Playwright let go of the app's page for good, and attaches to it without touching what it shows. */
export async function unwatched({ page, port }: DesktopApp): Promise<Debugger> {
  await page.context().browser()?.close();
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
  const targets = z.parse(targetsSchema, await answer.json());
  const target = targets.find(({ url }) => url.startsWith('app://'));
  if (!target) throw new Error('The app has no page.');
  return attachTo(target.webSocketDebuggerUrl);
}

async function attachTo(url: string): Promise<Debugger> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const waiting = new Map<number, (result: unknown) => void>();
  const listeners = new Map<string, (params: unknown) => void>();
  socket.addEventListener('message', ({ data }) => {
    const message: unknown = JSON.parse(String(data));
    const { id, method } = z.parse(answerSchema, message);
    if (id !== undefined) waiting.get(id)?.(Reflect.get(Object(message), 'result'));
    if (method !== undefined) listeners.get(method)?.(Reflect.get(Object(message), 'params'));
  });
  let last = 0;
  return {
    send(method, params = {}) {
      last += 1;
      const id = last;
      socket.send(JSON.stringify({ id, method, params }));
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    on: (method, hear) => listeners.set(method, hear),
    close: () => socket.close(),
  };
}

const valueSchema = z.object({ result: z.object({ value: z.string() }) });

/** Whether the page takes itself for `visible` or `hidden`. */
export async function visibilityOf(page: Debugger): Promise<string> {
  const answer = await page.send('Runtime.evaluate', { expression: 'document.visibilityState' });
  return z.parse(valueSchema, answer).result.value;
}

/** The DevTools protocol without Playwright: of a page, or of a Node that is inspected. */
import * as z from 'zod/mini';

const targetsSchema = z.array(z.object({ url: z.string(), webSocketDebuggerUrl: z.string() }));
const answerSchema = z.object({ id: z.optional(z.int()), method: z.optional(z.string()) });

export interface Debugger {
  /** Sends a command of the DevTools protocol; resolves with its `result`. */
  send(method: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Every event's `params`, as it comes. */
  on(method: string, hear: (params: unknown) => void): void;
  close(): void;
}

/** What can be attached to on a debugging port. */
export async function debugTargets(port: number): Promise<z.infer<typeof targetsSchema>> {
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
  return z.parse(targetsSchema, await answer.json());
}

/** Attaches to one of them. Rejects when it is gone. */
export async function attachTo(url: string): Promise<Debugger> {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`Nothing answers at ${url}.`)));
  });
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

/** Ports for the servers of tests. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Test files that run at the same time choose from different parts. */
const parts = 8;
const part = Number(process.env.VITEST_POOL_ID ?? 0) % parts;
/** Below 32768, from where on Linux gives ports to outgoing connections. */
const first = 15_000;
const count = Math.floor(17_000 / parts);

const given = new Set<number>();

/**
 * A port on 127.0.0.1 that was free a moment ago, and that was not given before. The system's choice
 * (port 0) may be taken at once by any client on the machine.
 */
export async function freePort(): Promise<number> {
  if (given.size > count / 2) given.clear();
  for (;;) {
    const port = first + part * count + Math.floor(Math.random() * count);
    if (given.has(port)) continue;
    // Before the first wait: others who ask at the same time get another one.
    given.add(port);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** A port for a test's server. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Test files that run beside each other choose from parts of their own. */
const PARTS = 8;
const part = Number(process.env.VITEST_POOL_ID ?? 0) % PARTS;
/** Below 32768, where Linux begins to give ports to outgoing connections. */
const FIRST = 15_000;
const COUNT = Math.floor(17_000 / PARTS);

const given = new Set<number>();

/**
 * A port on 127.0.0.1 that was free a moment ago, and that was not given before. The system's own
 * choice (port 0) may be taken again at once by any client on the machine.
 */
export async function freePort(): Promise<number> {
  if (given.size > COUNT / 2) given.clear();
  for (;;) {
    const port = FIRST + part * COUNT + Math.floor(Math.random() * COUNT);
    if (given.has(port)) continue;
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    given.add(port);
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Ports that are free: for a rehearsal, and for the demo gateway. */
import { createServer } from 'node:net';
import { loopback } from './http.ts';

/**
 * Below 32768, from where on Linux gives ports to outgoing connections, and above what servers use by
 * default.
 */
const first = 27_000;
const count = 5_000;
const tries = 50;

/** One on which no program listens at `host` now. Rejects with a sentence when none is found. */
export async function freePort(
  host: string = loopback[0],
  random: () => number = Math.random,
): Promise<number> {
  for (let left = tries; left > 0; left -= 1) {
    const port = first + Math.floor(random() * count);
    if ((await tryPort(port, host)) !== null) return port;
  }
  throw new Error(`No free port was found at ${host} in ${tries} tries.`);
}

/**
 * The port, once a socket could be opened there and was closed again; 0 stands for any. Null when it could
 * not.
 */
export function tryPort(port: number, host: string = loopback[0]): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, host, () => {
      const address = server.address();
      const got = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(got));
    });
  });
}

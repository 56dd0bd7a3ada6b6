/** The gateway that is there before the user has made any: the shipped reference gateway. */
import { createServer } from 'node:net';
import * as z from 'zod/mini';
import { type Profile, profileSchema } from '../contract/profile.ts';

export const defaultProfileId = 'reference';
/** In no registry of well-known services, below the range from which systems hand out ports. */
export const preferredPort = 18_790;
/** So many neighbours are tried before the system chooses. */
const neighbours = 20;

/** The profile as it is written at the first run. */
export function defaultProfile(port: number): Profile {
  return z.parse(profileSchema, {
    schema: 1,
    id: defaultProfileId,
    name: 'Reference gateway',
    program: { type: 'shipped', name: 'reference-gateway' },
    port,
    readiness: { type: 'http', path: '/readyz' },
    liveness: { type: 'http', path: '/healthz' },
    status: { path: '/status' },
    update: { policy: 'swap' },
  });
}

/** `preferredPort` or the next free one on loopback; any free one when the neighbourhood is full. */
export async function findFreePort(preferred: number = preferredPort): Promise<number> {
  for (let port = preferred; port < preferred + neighbours; port += 1) {
    const free = await tryPort(port);
    if (free !== null) return free;
  }
  const any = await tryPort(0);
  if (any === null)
    throw new Error('No free port was found on 127.0.0.1 for the reference gateway.');
  return any;
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const got = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(got));
    });
  });
}

/** The profile of the demo gateway, which is there before the user has added any, and a free port for it. */
import * as z from 'zod/mini';
import { demoGateway, demoProfile } from '../../contract/demo-gateway.ts';
import { type Profile, profileSchema } from '../../contract/profile.ts';
import { tryPort } from '../probes/free-port.ts';

/** How many neighbours are tried before the system chooses. */
const neighbours = 20;

/** The profile as it is written at the first run. */
export function defaultProfile(port: number): Profile {
  return z.parse(profileSchema, demoProfile(port));
}

/** `preferred` or the next free one on loopback; any free one when the neighbourhood is full. */
export async function findFreePort(preferred: number = demoGateway.port): Promise<number> {
  for (let port = preferred; port < preferred + neighbours; port += 1) {
    const free = await tryPort(port);
    if (free !== null) return free;
  }
  const any = await tryPort(0);
  if (any === null) throw new Error('No free port was found on 127.0.0.1 for the demo gateway.');
  return any;
}

/** For tests: profiles that run the gateway with every bad habit (e2e/fixtures). */
import { fileURLToPath } from 'node:url';
import type { Profile, ProfileInput } from '../../contract/profile.ts';
import { freePort } from '../../process/test-port.ts';
import type { Bench } from '../test-bench.ts';

const program = fileURLToPath(
  new URL('../../../e2e/fixtures/misbehaving-gateway.ts', import.meta.url),
);

/** How it is started, with `flags`; its port is the profile's. */
export function misbehavingProgram(...flags: readonly string[]): Profile['program'] {
  return {
    type: 'command',
    command: process.execPath,
    args: [program, '--port', '{port}', ...flags],
  };
}

/** A profile of it: ready by HTTP, verified by its nonce. */
export async function misbehaving(
  bench: Bench,
  flags: readonly string[] = [],
  changes: Partial<ProfileInput> = {},
): Promise<Profile> {
  return bench.profile([], {
    port: await freePort(),
    program: misbehavingProgram(...flags),
    readiness: { type: 'http', path: '/readyz' },
    status: { path: '/status' },
    ...changes,
  });
}

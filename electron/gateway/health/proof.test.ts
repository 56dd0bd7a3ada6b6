import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { profileSchema } from '../../contract/profile.ts';
import { identify, systemClock } from '../../process/index.ts';
import type { PortOwner } from '../probes/port-owner.ts';
import { type Evidence, gatherEvidence } from './proof.ts';

let server: Server;
let answer: { status: number; body: string };
beforeEach(async () => {
  server = createServer((_request, response) => {
    response.statusCode = answer.status;
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const foreign: PortOwner = { type: 'foreign', pid: 4242, program: 'someone' };

/** What is known of this very process as a gateway, whose status address gives `body`. */
function evidence(
  body: unknown,
  { owner = foreign, nonce = 'ours', status = 200 } = {},
): Promise<Evidence> {
  answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
  const address = server.address();
  const identity = identify(process.pid, nonce);
  if (typeof address !== 'object' || !address || !identity) throw new Error('no server');
  const profile = z.parse(profileSchema, {
    schema: 1,
    id: 'g',
    name: 'G',
    program: { type: 'command', command: 'g' },
    port: address.port,
    status: { path: '/status' },
  });
  return gatherEvidence({
    profile,
    identity,
    host: '127.0.0.1',
    clock: systemClock,
    portOwner: () => owner,
  });
}

describe('what the status address says', () => {
  it('is verified when it carries the nonce of this start, whichever process owns the port', async () => {
    expect(await evidence({ build: 'b', nonce: 'ours' })).toMatchObject({
      proof: 'verified',
      build: 'b',
      stranger: false,
    });
  });

  it('an answer with another nonce verifies nothing, and a stranger’s build is not believed', async () => {
    expect(await evidence({ build: 'b', nonce: 'theirs' })).toMatchObject({
      proof: 'alive',
      build: null,
      stranger: true,
    });
    expect(
      await evidence({ build: 'b', nonce: 'theirs' }, { owner: { type: 'own' } }),
    ).toMatchObject({ proof: 'healthy', build: 'b', stranger: false });
  });

  it('a missing nonce is not the nonce of a process without one', async () => {
    for (const nonce of ['', null, undefined]) {
      const { proof } = await evidence({ nonce }, { nonce: '', owner: { type: 'own' } });
      expect(proof).toBe('healthy');
    }
  });

  it.each([
    ['nonsense', '<html>', 200],
    ['the wrong shape', { nonce: 7 }, 200],
    ['an error', { build: 'b', nonce: 'ours' }, 500],
  ])('%s proves no more than the listener does', async (_name, body, status) => {
    const known = await evidence(body, { status, owner: { type: 'own' } });
    expect(known).toMatchObject({ proof: 'healthy', build: null });
  });
});

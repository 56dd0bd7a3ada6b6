/** What is proposed for commands of which nothing is known: real servers, looked at where they listen. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../process/index.ts';
import { freePort } from '../../testing/free-port.ts';
import { createGatewayBench, type GatewayBench, untilStatus } from '../../testing/gateway-bench.ts';
import { suggestChecks } from './suggestion.ts';

let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

/** A server that answers at one path; `''`: it speaks no HTTP. */
const server = (port: number, path: string): string => `
const answer = (request, response) => response.writeHead(request.url === '${path}' ? 200 : 404).end();
const made = '${path}' === ''
  ? require('node:net').createServer((socket) => socket.end('hello\\n'))
  : require('node:http').createServer(answer);
made.listen(${port}, '127.0.0.1', () => console.log('listens'));
`;

/** Behind a shell, as people start them. */
async function runs(port: number, path: string) {
  const script = `"$NODE" -e "$SCRIPT"; exit $?`;
  const profile = bench.profile([], {
    program: { type: 'command', command: '/bin/sh', args: ['-c', script] },
    env: { NODE: process.execPath, SCRIPT: server(port, path) },
    readiness: { type: 'stdout', pattern: 'listens' },
  });
  const supervisor = bench.supervisor(profile);
  supervisor.start();
  const { identity } = await untilStatus(supervisor, 'running');
  return { profile, identity, supervisor };
}

it.skipIf(process.platform === 'win32').each(['/health', '/healthz', '/'])(
  'that health check is suggested for a server that answers %s, on the port that it listens on [R72]',
  async (path) => {
    const port = await freePort();
    const { profile, identity } = await runs(port, path);
    const suggestion = await suggestChecks(profile, identity, systemClock);
    expect(suggestion).toMatchObject({
      port,
      path,
      profile: { port, readiness: { type: 'http', path }, liveness: { type: 'http', path } },
    });
    // Taken, there is nothing left to suggest, and it works.
    const taken = suggestion?.profile;
    if (!taken) throw new Error('nothing was suggested');
    expect(await suggestChecks(taken, identity, systemClock)).toBeNull();
  },
);

it.skipIf(process.platform === 'win32')(
  'readiness by TCP is suggested for a server without HTTP',
  async () => {
    const port = await freePort();
    const { profile, identity } = await runs(port, '');
    expect(await suggestChecks(profile, identity, systemClock)).toMatchObject({
      port,
      path: null,
      profile: { readiness: { type: 'tcp' }, port },
    });
  },
);

it.skipIf(process.platform === 'win32')(
  'nothing is suggested for a program that does not listen',
  async () => {
    const profile = bench.profile([], {
      program: { type: 'command', command: '/bin/sleep', args: ['1000000'] },
    });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { identity } = await untilStatus(supervisor, 'running');
    expect(await suggestChecks(profile, identity, systemClock)).toBeNull();
  },
);

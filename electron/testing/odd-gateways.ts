/** For tests: gateways with bad habits, and gateways whose server is odd in one way. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Profile, ProfileInput } from '../contract/profile.ts';
import { freePort } from './free-port.ts';
import type { GatewayBench } from './gateway-bench.ts';
import { compiledOnce } from './processes.ts';

const misbehavingGateway = fileURLToPath(
  new URL('../../e2e/fixtures/misbehaving-gateway.ts', import.meta.url),
);

/** The gateway with every bad habit (e2e/fixtures), on the port of its profile. */
export function misbehavingProgram(...flags: readonly string[]): Profile['program'] {
  return {
    type: 'command',
    command: process.execPath,
    args: [misbehavingGateway, '--port', '{port}', ...flags],
  };
}

/** A profile of it: ready by HTTP, verified by its nonce. */
export async function misbehaving(
  bench: GatewayBench,
  flags: readonly string[] = [],
  changes: Partial<ProfileInput> = {},
): Promise<Profile> {
  return bench.profile([], {
    port: await freePort(),
    program: misbehavingProgram(...flags),
    env: compiledOnce,
    readiness: { type: 'http', path: '/readyz' },
    status: { path: '/status' },
    ...changes,
  });
}

/** Self-signed: no system trusts it. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1RKlqpoVI0sNHMXS
q01zPJxC0HNi5qmGgin9cNiKXdmhRANCAAS/Xm4UbwJQdFQlVh4HFqwkBa5dGk/r
24GmpIViK5tf5Ls2HSHswekFHMKsFAoQ5Y+BqQkH/0m8HXbH9Irx1Ch2
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBpzCCAU2gAwIBAgIUKKAUNYnXhZR4N662hOolzy7MWLgwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPZ2F0ZXdheS5leGFtcGxlMCAXDTI2MTEyODIyMDcwMloYDzIx
MjYxMTA0MjIwNzAyWjAaMRgwFgYDVQQDDA9nYXRld2F5LmV4YW1wbGUwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAS/Xm4UbwJQdFQlVh4HFqwkBa5dGk/r24GmpIVi
K5tf5Ls2HSHswekFHMKsFAoQ5Y+BqQkH/0m8HXbH9Irx1Ch2o28wbTAdBgNVHQ4E
FgQUI7j8iLO7KhgNSrX/TM8+o+HCGBQwHwYDVR0jBBgwFoAUI7j8iLO7KhgNSrX/
TM8+o+HCGBQwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgg9nYXRld2F5LmV4
YW1wbGUwCgYIKoZIzj0EAwIDSAAwRQIgZhRFrUQUcbDXOwDfJo/liLOm9tbzJHri
8Dhh3xzE4OcCIQCSiZQwwa2OP5IVdXR+SQgO7rF/9dioKMI7yLaFG+KIXg==
-----END CERTIFICATE-----`;

/**
 * Its habits: `host=<address>` (default 127.0.0.1), `port=<n>` (default the profile's), `tls`,
 * `status=<n>` of its readiness, `unanswered=<n>` (the first n questions for its status stay without an answer), `trickle` (its answers have no end), `nested` (its health is 15,000
 * arrays), `busy` (computes and never listens), `mute` (never listens and does nothing).
 *
 * Orders: GET /close?<ms> closes its port for that long, /block?<ms> computes that long and hears
 * nothing, /wait?<ms> does nothing at all that long, /mend ends `nested`.
 */
const script = `
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
const habits = process.argv.slice(2);
const habit = (name) => habits.find((one) => one.startsWith(name + '='))?.slice(name.length + 1);
const has = (name) => habits.includes(name);
let nested = has('nested');
let unanswered = Number(habit('unanswered') ?? 0);
const answer = (request, response) => {
  const { pathname, search } = new URL(request.url, 'http://gateway');
  const ms = Number(search.slice(1));
  if (pathname === '/close') {
    response.end('closing', () => {
      server.close();
      server.closeAllConnections();
      if (ms > 0) setTimeout(listen, ms);
    });
    return;
  }
  if (pathname === '/block') {
    response.end('blocking', () => {
      const until = Date.now() + ms;
      while (Date.now() < until);
    });
    return;
  }
  if (pathname === '/wait') {
    response.end('waiting', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms));
    return;
  }
  if (pathname === '/mend') nested = false;
  if (pathname === '/status' && unanswered > 0) {
    unanswered -= 1;
    return;
  }
  if (has('trickle') && pathname === '/readyz') {
    response.writeHead(200);
    setInterval(() => response.write('.'), 20);
    return;
  }
  if (nested && pathname === '/healthz') {
    response.end('{"ok":' + '['.repeat(15000) + ']'.repeat(15000) + '}');
    return;
  }
  if (pathname === '/readyz' && habit('status')) response.statusCode = Number(habit('status'));
  response.end(JSON.stringify({ ok: true, build: 'odd', nonce: process.env.HOLDFAST_NONCE }));
};
const secure = { key: ${JSON.stringify(key)}, cert: ${JSON.stringify(cert)} };
const server = has('tls') ? createSecure(secure, answer) : createServer(answer);
const listen = () =>
  server.listen(Number(habit('port') ?? process.env.HOLDFAST_PORT), habit('host') ?? '127.0.0.1');
setInterval(() => {}, 2 ** 30);
if (has('busy')) for (;;);

if (!has('mute')) listen();
`;

/** A profile of it: ready and alive by HTTP, checked as often as a profile allows. */
export async function oddGateway(
  bench: GatewayBench,
  habits: readonly string[],
  changes: Partial<ProfileInput> = {},
): Promise<Profile> {
  const file = join(bench.root, 'odd.mjs');
  writeFileSync(file, script);
  return bench.profile([], {
    port: await freePort(),
    program: { type: 'command', command: process.execPath, args: [file, ...habits] },
    readiness: { type: 'http', path: '/readyz' },
    liveness: { type: 'http', path: '/healthz', everyMs: 500 },
    ...changes,
  });
}

/** `"listen": "passed"`: the watcher holds the port, and the gateway gets its socket. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { ProfileInput } from '../contract/profile.ts';
import { heldSockets, isAlive, listenersOf, whoHoldsPort } from '../process/index.ts';
import { freePort } from '../testing/free-port.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilEnded,
  untilStatus,
  untilView,
} from '../testing/gateway-bench.ts';
import { connectAllTheTime, connectOnce } from '../testing/port-witness.ts';
import type { Supervisor } from './types.ts';

/** `npm run bench:listen` does a hundred of each. */
const rounds = 10;

let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

const passed = (habits: readonly string[] = [], changes: Partial<ProfileInput> = {}) =>
  bench.served(habits, { listen: 'passed', ...changes });

/** The process that runs, other than `former`. */
const running = async (supervisor: Supervisor, former?: number) =>
  untilView(supervisor, (one) => {
    const { state } = one.view();
    return state.status === 'running' && state.identity.pid !== former && state.identity;
  });

async function kill(supervisor: Supervisor): Promise<void> {
  const { pid } = await running(supervisor);
  process.kill(pid, 'SIGKILL');
  // By hand, which resets the backoff: what is tested is the port, not the delay.
  const waits = await untilView(supervisor, (one) => {
    const { state } = one.view();
    return 'identity' in state && state.identity.pid === pid ? false : state;
  });
  if (waits.status === 'waiting') supervisor.start();
  await running(supervisor, pid);
}

async function restart(supervisor: Supervisor): Promise<void> {
  const { pid } = await running(supervisor);
  await supervisor.restart();
  await running(supervisor, pid);
}

async function releaseAndResume(supervisor: Supervisor): Promise<void> {
  await supervisor.release();
  // Nothing of the gateway runs, and a client that connects waits.
  expect(bench.running()).toEqual([]);
  expect(await connectOnce(supervisor.view().port ?? 0)).toBeNull();
  await supervisor.resume({ timeoutMs: 20_000 });
}

describe('a held port', () => {
  it.each([
    ['killed', kill],
    ['restarted', restart],
    ['released and resumed', releaseAndResume],
  ] as const)(
    'refuses no connection while its gateway is %s again and again [R109]',
    async (_, change) => {
      const profile = await passed();
      const supervisor = bench.supervisor(profile);
      supervisor.start();
      await running(supervisor);
      const witness = connectAllTheTime(profile.port ?? 0);
      for (let round = 0; round < rounds; round += 1) await change(supervisor);
      const { connections, refused } = await witness.stop();
      expect(refused).toEqual([]);
      expect(connections).toBeGreaterThan(rounds);
    },
  );

  it('answers who waited once its gateway is back', async () => {
    const profile = await passed();
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    await running(supervisor);
    await supervisor.release();
    const answer = fetch(`http://127.0.0.1:${profile.port}/status`);
    await supervisor.resume({ timeoutMs: 20_000 });
    expect((await answer).status).toBe(200);
  });

  it('is told to the gateway as systemd would: one descriptor, its pid, a name', async () => {
    const profile = await passed();
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { pid } = await running(supervisor);
    const answer = await fetch(`http://127.0.0.1:${profile.port}/env`);
    const env = z.parse(z.record(z.string(), z.string()), await answer.json());
    expect(env).toMatchObject({ LISTEN_PID: String(pid), LISTEN_FDS: '1', LISTEN_FDNAMES: 'g' });
  });

  it('is closed when the user stops its gateway, and held again after a start', async () => {
    const profile = await passed();
    const port = profile.port ?? 0;
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    await running(supervisor);
    await supervisor.stop();
    expect(await connectOnce(port)).toBe('ECONNREFUSED');
    expect(whoHoldsPort(port)).toBeUndefined();
    supervisor.start();
    await running(supervisor);
    expect(supervisor.heldSocket()).not.toBeNull();
  });

  it('follows the profile at the next start: another port, and none', async () => {
    const profile = await passed();
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    await running(supervisor);
    const moved = { ...profile, port: await freePort() };
    supervisor.setProfile(moved);
    expect(await connectOnce(profile.port ?? 0)).toBeNull();
    await restart(supervisor);
    expect(await connectOnce(profile.port ?? 0)).toBe('ECONNREFUSED');
    expect(await connectOnce(moved.port)).toBeNull();

    const { listen: _, ...own } = moved;
    supervisor.setProfile(own);
    await restart(supervisor);
    expect(supervisor.heldSocket()).toBeNull();
    const { identity } = await untilStatus(supervisor, 'running');
    expect(listenersOf(identity)).toContainEqual({ address: '127.0.0.1', port: moved.port });
  });

  it('that another program has is named, and taken when it is free', async () => {
    const profile = await passed();
    const server = createServer().listen(profile.port, '127.0.0.1');
    await once(server, 'listening');
    const supervisor = bench.supervisor(profile, { tuning: { recheckMs: 100 } });
    supervisor.start();
    const { problem } = await untilStatus(supervisor, 'failed');
    expect(problem.message).toBe(`Port ${profile.port} is held by node (pid ${process.pid}).`);
    server.close();
    await running(supervisor);
  });

  it('says nothing about its gateway: one that takes no connections is found out [R110]', async () => {
    const profile = await passed(['mute'], { startTimeoutMs: 300 });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { problem } = await untilStatus(supervisor, 'waiting');
    expect(problem.message).toContain('takes no connections from the socket of port');
    expect(await connectOnce(profile.port ?? 0)).toBeNull();
  });

  it('takes neither the watcher that holds it for a stranger, nor the gateway that shows no nonce', async () => {
    const profile = await passed([], { status: undefined });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    expect((await untilStatus(supervisor, 'running')).proof).toBe('healthy');
    expect(supervisor.notices()).toEqual([]);
  });

  it('is named as the reason when its gateway ends because it opens the port itself', async () => {
    const supervisor = bench.supervisor(await passed(['opens']));
    supervisor.start();
    const [notice] = await untilView(
      supervisor,
      (one) => one.notices().length > 0 && one.notices(),
    );
    expect(notice?.message).toContain('it has to take the socket at descriptor 3');
    const { listen: _, ...own } = supervisor.profile();
    supervisor.setProfile(own);
    supervisor.start();
    await running(supervisor);
    expect(supervisor.notices()).toEqual([]);
  });

  it('is no proof of health for a gateway that only says that it is ready', async () => {
    const profile = await passed(['mute', 'say=ready'], {
      readiness: { type: 'stdout', pattern: 'ready' },
      status: undefined,
    });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    expect((await untilStatus(supervisor, 'running')).proof).toBe('alive');
  });

  it('is copied from the running gateway by a later watcher, as far as the kernel allows', async () => {
    const profile = await passed();
    const first = bench.supervisor(profile);
    first.start();
    const before = await running(first);
    first.freeze();
    first.close();
    const witness = connectAllTheTime(profile.port ?? 0);
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    expect(await running(second)).toEqual(before);
    if (second.heldSocket() === null) {
      expect(second.notices().map(({ message }) => message)).toContainEqual(
        expect.stringContaining('its socket could not be taken over'),
      );
      await witness.stop();
      return;
    }
    await kill(second);
    expect((await witness.stop()).refused).toEqual([]);
  });

  it('passes to the next watcher with everyone who waits in it', async () => {
    const profile = await passed();
    const first = bench.supervisor(profile);
    first.start();
    await running(first);
    await first.release();
    const answer = fetch(`http://127.0.0.1:${profile.port}/status`);
    const passedOn = duplicate(first.heldSocket());
    first.close();
    const second = bench.supervisor(profile, { passedOn });
    second.adopt();
    expect(second.view().state.status).toBe('released');
    await second.resume({ timeoutMs: 20_000 });
    expect((await answer).status).toBe(200);
  });

  it('is taken by a Python program as well', async (test) => {
    if (!hasPython()) return test.skip();
    const script = join(bench.root, 'server.py');
    writeFileSync(script, pythonServer);
    const profile = await passed([], {
      program: { type: 'command', command: 'python3', args: [script] },
      readiness: { type: 'http', path: '/' },
      status: undefined,
    });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    await running(supervisor);
    const witness = connectAllTheTime(profile.port ?? 0);
    await kill(supervisor);
    expect((await witness.stop()).refused).toEqual([]);
  });

  it('is no way around a program that can’t be run: its start is explained as ever', async () => {
    const profile = await passed([], {
      program: { type: 'command', command: join(bench.root, 'missing'), args: [] },
    });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { problem } = await untilStatus(supervisor, 'failed');
    expect(problem.message).toContain('missing');
    expect(await connectOnce(profile.port ?? 0)).toBe('ECONNREFUSED');
  });

  it('ends what a killed gateway left, which would take connections beside the new one', async () => {
    const profile = await passed(['orphan']);
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const first = await running(supervisor);
    const left = bench.running().filter(({ pid }) => pid !== first.pid);
    await killTree(first);
    await running(supervisor, first.pid);
    for (const one of left) await untilEnded(one);
    expect(left.some(isAlive)).toBe(false);
  });
});

/** Another descriptor of the same socket, sent as one watcher sends it to the next. */
function duplicate(fd: number | null): number {
  const inbox = heldSockets?.openInbox(join(bench.root, 'inbox.sock'));
  if (!inbox || fd === null) throw new Error('there is nothing to pass on');
  expect(heldSockets?.send(inbox.path, [{ name: 'g', fd }])).toBe(1);
  const [taken] = inbox.take();
  inbox.close();
  expect(taken?.name).toBe('g');
  return taken?.fd ?? -1;
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version']);
    return true;
  } catch {
    return false;
  }
}

const pythonServer = `
import http.server, os, socket
assert os.environ['LISTEN_PID'] == str(os.getpid()) and os.environ['LISTEN_FDS'] == '1'
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), http.server.BaseHTTPRequestHandler, bind_and_activate=False)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'python')
    def log_message(self, *args):
        pass
server.RequestHandlerClass = Handler
server.socket = socket.socket(fileno=3)
server.serve_forever()
`;

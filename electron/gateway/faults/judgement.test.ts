/** What serves, listens or works is not ended because it can't be seen or understood. Real servers. */
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProfileInput } from '../../contract/profile.ts';
import { isAlive, spawnDetached } from '../../process/index.ts';
import { freePort } from '../../testing/free-port.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilEnded,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { oddGateway } from '../../testing/odd-gateways.ts';
import type { Supervisor } from '../types.ts';

const onWindows = process.platform === 'win32';
/** Three questions without an answer take less than a second. */
const tuning = { probeTimeoutMs: 150, retryAfterMissMs: 50 };
let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

async function start(habits: readonly string[], changes: Partial<ProfileInput> = {}) {
  const profile = await oddGateway(bench, habits, changes);
  const supervisor = bench.supervisor(profile, { tuning });
  supervisor.start();
  const ask = (path: string): Promise<unknown> =>
    fetch(`http://127.0.0.1:${profile.port}${path}`).then((answer) => answer.text());
  return { profile, supervisor, ask };
}

/** Resolves with the state once its problem holds `text`. */
const says = (supervisor: Supervisor, text: string | RegExp) =>
  untilView(supervisor, (one) => {
    const { state } = one.view();
    const problem = state.status === 'degraded' ? state.problem.message : '';
    return (typeof text === 'string' ? problem.includes(text) : text.test(problem)) && state;
  });

/** It came through all of this as the same process, and nothing counts against it. */
function unharmed(supervisor: Supervisor, pid: number): void {
  const { state, restarts, lastExit } = supervisor.view();
  expect('identity' in state && state.identity.pid).toBe(pid);
  expect(restarts).toBe(0);
  expect(lastExit).toBeUndefined();
}

describe('a gateway that serves', () => {
  it('and closes its port to restart itself is left alone until it is back [R33]', async () => {
    const { supervisor, ask } = await start([]);
    const { identity } = await untilStatus(supervisor, 'running');
    await ask('/close?2500');
    const closed = await says(supervisor, 'may be restarting itself');
    expect(closed.status === 'degraded' && closed.problem.message).toContain('it answers 200');
    await untilStatus(supervisor, 'running');
    unharmed(supervisor, identity.pid);
  });

  it('and closes its port for ever is replaced when its start timeout is over [R33]', async () => {
    const { supervisor, ask } = await start([], { startTimeoutMs: 1_000 });
    const { identity } = await untilStatus(supervisor, 'running');
    await ask('/close?0');
    await untilEnded(identity);
    const state = await untilStatus(supervisor, 'running');
    expect(state.identity.pid).not.toBe(identity.pid);
    expect(supervisor.view().lastExit?.reason).toMatch(/no longer listens on port \d+, for/);
  });

  it('and computes for a while without an answer is at work, not hung [R34]', async () => {
    const { supervisor, ask } = await start([]);
    const { identity } = await untilStatus(supervisor, 'running');
    await ask('/block?3500');
    await says(supervisor, 'it is at work');
    await untilStatus(supervisor, 'running');
    unharmed(supervisor, identity.pid);
  });

  it('and computes for longer than its profile allows is asked to stop, and replaced [R34]', async () => {
    const { supervisor, ask } = await start([], {
      liveness: { type: 'http', path: '/healthz', everyMs: 500, hungAfterMs: 1_500 },
    });
    const { identity } = await untilStatus(supervisor, 'running');
    await ask('/block?600000');
    await untilEnded(identity);
    await untilStatus(supervisor, 'running');
    const { lastExit } = supervisor.view();
    expect(lastExit?.reason).toContain('does not answer its health check');
    if (!onWindows) expect(lastExit?.signal).toBe('SIGTERM');
  });

  it('and stands still is replaced at once, unless its profile gives it time [R34]', async () => {
    const { supervisor, ask } = await start([]);
    const { identity } = await untilStatus(supervisor, 'running');
    await ask('/wait?600000');
    await untilEnded(identity);
    await untilStatus(supervisor, 'running');
    await supervisor.stop();

    const patient = await start([], {
      liveness: { type: 'http', path: '/healthz', everyMs: 500, hungAfterMs: 60_000 },
    });
    const second = await untilStatus(patient.supervisor, 'running');
    await patient.ask('/wait?2500');
    await says(patient.supervisor, 'It is given 60 s');
    await untilStatus(patient.supervisor, 'running');
    unharmed(patient.supervisor, second.identity.pid);
  });

  it.skipIf(onWindows)(
    'and is stopped by a signal is replaced, whatever its profile allows [R34]',
    async () => {
      const { supervisor } = await start([], {
        liveness: { type: 'http', path: '/healthz', everyMs: 500, hungAfterMs: 600_000 },
      });
      const { identity } = await untilStatus(supervisor, 'running');
      process.kill(identity.pid, 'SIGSTOP');
      await untilEnded(identity);
      await untilStatus(supervisor, 'running');
      expect(supervisor.view().lastExit?.reason).toContain('was stopped by a signal');
    },
  );

  it('and answers with 15,000 nested arrays is checked further [R43]', async () => {
    const { supervisor, ask } = await start(['nested'], {
      liveness: {
        type: 'http',
        path: '/healthz',
        everyMs: 500,
        expect: { field: 'ok', oneOf: [true] },
      },
    });
    const { identity } = await untilStatus(supervisor, 'degraded');
    await ask('/mend');
    await untilStatus(supervisor, 'running');
    unharmed(supervisor, identity.pid);
  });
});

describe('a gateway that is late', () => {
  const late = { startTimeoutMs: 1_000 };

  it.each([302, 403, 404, 503])(
    'because it answers %i is shown with that answer, and left running [R38]',
    async (status) => {
      const { supervisor } = await start([`status=${status}`], late);
      const state = await says(supervisor, `it answers ${status}`);
      expect(state).toMatchObject({ status: 'degraded', unready: true });
      unharmed(supervisor, 'identity' in state ? state.identity.pid : 0);
    },
  );

  it.each([
    ['because its answer has no end', ['trickle'], 'it answers 200, and its answer has no end'],
    ['because it speaks TLS', ['tls'], 'it speaks TLS (its profile needs "https": true)'],
  ])('%s is shown with what is seen [R38]', async (_, habits, sentence) => {
    const { supervisor } = await start(habits, { startTimeoutMs: 3_000 });
    const state = await says(supervisor, sentence);
    unharmed(supervisor, 'identity' in state ? state.identity.pid : 0);
  });

  it('because it listens on another port is shown with that port [R38]', async () => {
    const other = await freePort();
    const { supervisor, profile } = await start([`port=${other}`], late);
    await says(supervisor, `it listens on port ${other} instead of port ${profile.port}`);
    unharmed(supervisor, bench.running()[0]?.pid ?? 0);
  });

  it('because its output lacks a line is left running when its port answers [R39]', async () => {
    const readiness = { type: 'stdout', pattern: 'all set' } as const;
    const { supervisor } = await start([], { ...late, readiness });
    await says(supervisor, 'its output has no line with "all set"');
    unharmed(supervisor, bench.running()[0]?.pid ?? 0);
  });

  it('because it still computes is left running, and one that does nothing is replaced', async () => {
    const { supervisor } = await start(['busy'], late);
    await says(supervisor, 'it is still at work');
    unharmed(supervisor, bench.running()[0]?.pid ?? 0);
    await supervisor.stop();

    const idle = await start(['mute'], late);
    await untilView(idle.supervisor, (one) => one.view().restarts > 0);
    expect(idle.supervisor.view().lastExit?.reason).toMatch(
      /was not ready within 1 s of its start: nothing of it listens on port \d+/,
    );
  });

  it('is ready as soon as it is, and counts as proved only then [R40]', async () => {
    const { supervisor, profile } = await start(['status=503'], late);
    const { identity } = await untilStatus(supervisor, 'degraded');
    await expect(supervisor.resume({ timeoutMs: 1_500 })).rejects.toThrow('it answers 503');
    expect(isAlive(identity)).toBe(true);
    supervisor.setProfile({ ...profile, program: (await oddGateway(bench, [])).program });
    await supervisor.restart();
    await untilStatus(supervisor, 'running');
  });
});

describe('a gateway', () => {
  it.skipIf(process.platform === 'darwin')(
    'that listens on one address other than 127.0.0.1 is asked there, and no other program is [R36]',
    async () => {
      const { supervisor, profile } = await start(['host=127.0.0.2'], {
        status: { path: '/status' },
      });
      const strangers: string[] = [];
      const stranger: Server = createServer((request, response) => {
        strangers.push(request.url ?? '');
        response.end('{}');
      });
      expect((await untilStatus(supervisor, 'running')).proof).toBe('verified');
      await new Promise<void>((resume) => stranger.listen(profile.port, '127.0.0.1', resume));
      await new Promise((resume) => setTimeout(resume, 1_200));
      expect(strangers).toEqual([]);
      expect(supervisor.view().state.status).toBe('running');
      await new Promise((resume) => stranger.close(resume));
    },
  );

  it('that needs only 127.0.0.1 shares its port with a program on ::1 [R37]', async () => {
    const profile = await oddGateway(bench, []);
    const stranger = createServer((_, response) => response.writeHead(500).end());
    const listens = await new Promise<boolean>((resume) => {
      stranger.on('error', () => resume(false));
      stranger.listen(profile.port, '::1', () => resume(true));
    });
    expect(listens).toBe(true);
    const supervisor = bench.supervisor(profile, { tuning });
    supervisor.start();
    expect((await untilStatus(supervisor, 'running')).proof).toBe('healthy');
    await new Promise((resume) => stranger.close(resume));
  });

  it('that listens on ::1 alone is found there', async () => {
    const { supervisor } = await start(['host=::1'], { status: { path: '/status' } });
    expect((await untilStatus(supervisor, 'running')).proof).toBe('verified');
  });

  it('whose status answers late at its start shows its build as soon as it answers', async () => {
    const { supervisor } = await start(['unanswered=2'], { status: { path: '/status' } });
    const { identity, proof } = await untilStatus(supervisor, 'running');
    expect(proof).toBe('healthy');
    expect(supervisor.view().build).toBeUndefined();
    await untilView(supervisor, (one) => one.view().build === 'odd');
    expect(supervisor.view().state).toMatchObject({
      status: 'running',
      identity,
      proof: 'verified',
    });
  });

  it('whose heartbeat is fresh is left alone while it does not answer', async () => {
    const beat = join(bench.root, 'beat');
    const { supervisor, ask } = await start([], { heartbeat: { path: beat, maxAgeMs: 3_000 } });
    const { identity } = await untilStatus(supervisor, 'running');
    const beating = setInterval(() => writeFileSync(beat, 'beat'), 100);
    writeFileSync(beat, 'beat');
    await ask('/wait?2500');
    await says(supervisor, 'its heartbeat is young');
    await untilStatus(supervisor, 'running');
    unharmed(supervisor, identity.pid);
    clearInterval(beating);
    await ask('/wait?600000');
    await untilEnded(identity);
  });

  it.each([
    ['its own certificate, which its profile accepts', { ownCertificate: true }, null],
    ['a certificate that is not trusted', true as const, 'shows a certificate that is not trusted'],
  ])('that speaks TLS with %s [R38]', async (_, https, sentence) => {
    const { supervisor } = await start(['tls'], {
      https,
      status: { path: '/status' },
      startTimeoutMs: 1_500,
    });
    if (sentence === null)
      expect((await untilStatus(supervisor, 'running')).proof).toBe('verified');
    else await says(supervisor, sentence);
    expect(supervisor.view().restarts).toBe(0);
  });

  it('whose port is served by a program that came later, as a container’s, is left running [R35]', async () => {
    const { supervisor, profile } = await start(['mute'], { readiness: { type: 'tcp' } });
    const { identity } = await untilStatus(supervisor, 'starting');
    const container = spawnDetached({
      kind: 'gateway',
      command: process.execPath,
      args: ['-e', `require('http').createServer((_, r) => r.end('{}')).listen(${profile.port})`],
      cwd: bench.root,
      env: {},
      stdout: 'ignore',
      stderr: 'ignore',
      nonce: '',
      escape: 'session',
    });
    try {
      const state = await untilStatus(supervisor, 'running');
      expect(state).toMatchObject({ proof: 'alive', identity });
      expect(supervisor.notices().map(({ message }) => message)).toContainEqual(
        expect.stringContaining("can't see which program listens there"),
      );
    } finally {
      await killTree(container.identity);
    }
  });
});

/** What serves, listens or works is not ended because it can't be seen or understood. Real servers. */
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProfileInput } from '../../contract/profile.ts';
import { isAlive, spawnDetached } from '../../process/index.ts';
import { freePort } from '../../process/test-port.ts';
import { type Bench, createBench, gone, kill, reaches, seen } from '../test-bench.ts';
import type { Supervisor } from '../types.ts';
import { oddGateway } from './test-odd-server.ts';

const onWindows = process.platform === 'win32';
/** Three questions without an answer take less than a second. */
const tuning = { probeTimeoutMs: 150, retryAfterMissMs: 50 };
let bench: Bench;
beforeEach(() => {
  bench = createBench();
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
  seen(supervisor, (one) => {
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
  it('and closes its port to restart itself is left alone until it is back', async () => {
    const { supervisor, ask } = await start([]);
    const { identity } = await reaches(supervisor, 'running');
    await ask('/close?2500');
    const closed = await says(supervisor, 'may be restarting itself');
    expect(closed.status === 'degraded' && closed.problem.message).toContain('it answers 200');
    await reaches(supervisor, 'running');
    unharmed(supervisor, identity.pid);
  });

  it('and closes its port for good is replaced when its start timeout is over', async () => {
    const { supervisor, ask } = await start([], { startTimeoutMs: 1_000 });
    const { identity } = await reaches(supervisor, 'running');
    await ask('/close?0');
    await gone(identity);
    const state = await reaches(supervisor, 'running');
    expect(state.identity.pid).not.toBe(identity.pid);
    expect(supervisor.view().lastExit?.reason).toMatch(/no longer listens on port \d+, for/);
  });

  it('and computes for a while without an answer is at work, not hung', async () => {
    const { supervisor, ask } = await start([]);
    const { identity } = await reaches(supervisor, 'running');
    await ask('/block?3500');
    await says(supervisor, 'it is at work');
    await reaches(supervisor, 'running');
    unharmed(supervisor, identity.pid);
  });

  it('and computes for longer than its profile allows is asked to end, and replaced', async () => {
    const { supervisor, ask } = await start([], {
      liveness: { type: 'http', path: '/healthz', everyMs: 500, hungAfterMs: 1_500 },
    });
    const { identity } = await reaches(supervisor, 'running');
    await ask('/block?600000');
    await gone(identity);
    await reaches(supervisor, 'running');
    const { lastExit } = supervisor.view();
    expect(lastExit?.reason).toContain('does not answer its health check');
    if (!onWindows) expect(lastExit?.signal).toBe('SIGTERM');
  });

  it('and stands still is replaced at once, unless its profile gives it time', async () => {
    const { supervisor, ask } = await start([]);
    const { identity } = await reaches(supervisor, 'running');
    await ask('/wait?600000');
    await gone(identity);
    await reaches(supervisor, 'running');
    await supervisor.stop();

    const patient = await start([], {
      liveness: { type: 'http', path: '/healthz', everyMs: 500, hungAfterMs: 60_000 },
    });
    const second = await reaches(patient.supervisor, 'running');
    await patient.ask('/wait?2500');
    await says(patient.supervisor, 'It is given 60 s');
    await reaches(patient.supervisor, 'running');
    unharmed(patient.supervisor, second.identity.pid);
  });

  it.skipIf(onWindows)(
    'and is stopped by a signal is replaced, whatever its profile allows',
    async () => {
      const { supervisor } = await start([], {
        liveness: { type: 'http', path: '/healthz', everyMs: 500, hungAfterMs: 600_000 },
      });
      const { identity } = await reaches(supervisor, 'running');
      process.kill(identity.pid, 'SIGSTOP');
      await gone(identity);
      await reaches(supervisor, 'running');
      expect(supervisor.view().lastExit?.reason).toContain('was stopped by a signal');
    },
  );

  it('and answers with 15,000 nested arrays is looked at further', async () => {
    const { supervisor, ask } = await start(['nested'], {
      liveness: {
        type: 'http',
        path: '/healthz',
        everyMs: 500,
        expect: { field: 'ok', oneOf: [true] },
      },
    });
    const { identity } = await reaches(supervisor, 'degraded');
    await ask('/mend');
    await reaches(supervisor, 'running');
    unharmed(supervisor, identity.pid);
  });
});

describe('a gateway that is late', () => {
  const late = { startTimeoutMs: 1_000 };

  it.each([302, 403, 404, 503])(
    'because it answers %i is shown with that answer, and left running',
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
  ])('%s is shown with what is seen', async (_, habits, sentence) => {
    const { supervisor } = await start(habits, { startTimeoutMs: 3_000 });
    const state = await says(supervisor, sentence);
    unharmed(supervisor, 'identity' in state ? state.identity.pid : 0);
  });

  it('because it listens on another port is shown with that port', async () => {
    const other = await freePort();
    const { supervisor, profile } = await start([`port=${other}`], late);
    await says(supervisor, `it listens on port ${other} instead of port ${profile.port}`);
    unharmed(supervisor, bench.living()[0]?.pid ?? 0);
  });

  it('because its output lacks a line is left running when its port answers', async () => {
    const readiness = { type: 'stdout', pattern: 'all set' } as const;
    const { supervisor } = await start([], { ...late, readiness });
    await says(supervisor, 'its output has no line with "all set"');
    unharmed(supervisor, bench.living()[0]?.pid ?? 0);
  });

  it('because it still computes is left running, and one that does nothing is replaced', async () => {
    const { supervisor } = await start(['busy'], late);
    await says(supervisor, 'it is still at work');
    unharmed(supervisor, bench.living()[0]?.pid ?? 0);
    await supervisor.stop();

    const idle = await start(['mute'], late);
    await seen(idle.supervisor, (one) => one.view().restarts > 0);
    expect(idle.supervisor.view().lastExit?.reason).toMatch(
      /was not ready within 1 s of its start: nothing of it listens on port \d+/,
    );
  });

  it('is ready as soon as it is, and counts as proved only then', async () => {
    const { supervisor, profile } = await start(['status=503'], late);
    const { identity } = await reaches(supervisor, 'degraded');
    await expect(supervisor.resume({ timeoutMs: 1_500 })).rejects.toThrow('it answers 503');
    expect(isAlive(identity)).toBe(true);
    supervisor.setProfile({ ...profile, program: (await oddGateway(bench, [])).program });
    await supervisor.restart();
    await reaches(supervisor, 'running');
  });
});

describe('a gateway', () => {
  it.skipIf(process.platform === 'darwin')(
    'that listens on one address that is not 127.0.0.1 is asked there, and no one else is',
    async () => {
      const { supervisor, profile } = await start(['host=127.0.0.2'], {
        status: { path: '/status' },
      });
      const strangers: string[] = [];
      const stranger: Server = createServer((request, response) => {
        strangers.push(request.url ?? '');
        response.end('{}');
      });
      expect((await reaches(supervisor, 'running')).proof).toBe('verified');
      await new Promise<void>((resume) => stranger.listen(profile.port, '127.0.0.1', resume));
      await new Promise((resume) => setTimeout(resume, 1_200));
      expect(strangers).toEqual([]);
      expect(supervisor.view().state.status).toBe('running');
      await new Promise((resume) => stranger.close(resume));
    },
  );

  it('that wants only 127.0.0.1 does not mind who else has its port on ::1', async () => {
    const profile = await oddGateway(bench, []);
    const stranger = createServer((_, response) => response.writeHead(500).end());
    const listens = await new Promise<boolean>((resume) => {
      stranger.on('error', () => resume(false));
      stranger.listen(profile.port, '::1', () => resume(true));
    });
    expect(listens).toBe(true);
    const supervisor = bench.supervisor(profile, { tuning });
    supervisor.start();
    expect((await reaches(supervisor, 'running')).proof).toBe('healthy');
    await new Promise((resume) => stranger.close(resume));
  });

  it('that listens on ::1 alone is found there', async () => {
    const { supervisor } = await start(['host=::1'], { status: { path: '/status' } });
    expect((await reaches(supervisor, 'running')).proof).toBe('verified');
  });

  it('whose heartbeat is young is left alone while it does not answer', async () => {
    const beat = join(bench.root, 'beat');
    const { supervisor, ask } = await start([], { heartbeat: { path: beat, maxAgeMs: 3_000 } });
    const { identity } = await reaches(supervisor, 'running');
    const beating = setInterval(() => writeFileSync(beat, 'beat'), 100);
    writeFileSync(beat, 'beat');
    await ask('/wait?2500');
    await says(supervisor, 'its heartbeat is young');
    await reaches(supervisor, 'running');
    unharmed(supervisor, identity.pid);
    clearInterval(beating);
    await ask('/wait?600000');
    await gone(identity);
  });

  it.each([
    ['its own certificate, which its profile accepts', { ownCertificate: true }, null],
    ['a certificate that is not trusted', true as const, 'shows a certificate that is not trusted'],
  ])('that speaks TLS with %s', async (_, https, sentence) => {
    const { supervisor } = await start(['tls'], {
      https,
      status: { path: '/status' },
      startTimeoutMs: 1_500,
    });
    if (sentence === null) expect((await reaches(supervisor, 'running')).proof).toBe('verified');
    else await says(supervisor, sentence);
    expect(supervisor.view().restarts).toBe(0);
  });

  it('whose port is served by a program that came later, as a container’s, is left running', async () => {
    const { supervisor, profile } = await start(['mute'], { readiness: { type: 'tcp' } });
    const { identity } = await reaches(supervisor, 'starting');
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
      const state = await reaches(supervisor, 'running');
      expect(state).toMatchObject({ proof: 'alive', identity });
      expect(supervisor.notices().map(({ message }) => message)).toContainEqual(
        expect.stringContaining("can't see which program listens there"),
      );
    } finally {
      await kill(container.identity);
    }
  });
});

import { chmodSync, closeSync, copyFileSync, openSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, spawnDetached } from '../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilEnded,
  untilRecord,
  untilStatus,
  untilView,
} from '../testing/gateway-bench.ts';
import { until } from '../testing/processes.ts';

const onWindows = process.platform === 'win32';
let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

const identityOf = async (supervisor: Parameters<typeof untilStatus>[0]) =>
  (await untilStatus(supervisor, 'running')).identity;

describe('a supervised gateway', () => {
  it('runs, is verified, and has a record that says so', async () => {
    const supervisor = bench.supervisor(await bench.served());
    supervisor.start();
    const state = await untilStatus(supervisor, 'running');
    expect(state.proof).toBe('verified');
    expect(supervisor.view().build).toBe('one');
    expect(supervisor.view().escape?.rung).toBe(onWindows ? 'breakaway' : 'setsid');
    const record = await untilRecord(bench, (ledger) => ledger.process && ledger);
    expect(record.process?.identity).toEqual(state.identity);
    expect(record.desired).toBe('running');
  });

  it('is started again inside its exit event, then with delays', async () => {
    const supervisor = bench.supervisor(await bench.served());
    supervisor.start();
    const first = await identityOf(supervisor);
    await killTree(first);
    const second = await untilView(supervisor, (one) => {
      const { state } = one.view();
      return state.status === 'running' && state.identity.pid !== first.pid && state.identity;
    });
    expect(supervisor.view().lastExit?.reason).toBe(onWindows ? 'exit code 1' : 'ended by SIGKILL');
    expect(supervisor.view().restarts).toBe(1);
    const before = Date.now();
    // It waits for a moment only: who asks after the kill may come too late.
    const [waiting] = await Promise.all([untilStatus(supervisor, 'waiting'), killTree(second)]);
    expect(waiting.until).toBeGreaterThan(before);
    await untilStatus(supervisor, 'running');
    expect(bench.running().length).toBe(1);
  });

  it('is one process, however often it is started', async () => {
    const supervisor = bench.supervisor(await bench.served());
    for (let n = 0; n < 10; n += 1) supervisor.start();
    await untilStatus(supervisor, 'running');
    expect(bench.running().length).toBe(1);
  });

  it('stops when asked and stays stopped', async () => {
    const supervisor = bench.supervisor(await bench.served());
    supervisor.start();
    const identity = await identityOf(supervisor);
    await supervisor.stop();
    expect(isAlive(identity)).toBe(false);
    expect(supervisor.view().state.status).toBe('stopped');
    expect(supervisor.view().desired).toBe('stopped');
    expect(supervisor.view().lastExit?.code).toBe(0);
    await untilRecord(bench, ({ desired }) => desired === 'stopped');
  });

  it.skipIf(onWindows)('is killed when it ignores the request to stop', async () => {
    const profile = await bench.served(['deaf'], { stop: { graceMs: 200 } });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const identity = await identityOf(supervisor);
    const begun = performance.now();
    await supervisor.stop();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(190);
    expect(isAlive(identity)).toBe(false);
    expect(supervisor.view().lastExit?.signal).toBe('SIGKILL');
    expect(bench.log()).toContain('deaf');
  });

  it('restarts with a new process and nothing of the old', async () => {
    const supervisor = bench.supervisor(await bench.served());
    supervisor.start();
    const first = await identityOf(supervisor);
    await supervisor.restart();
    const second = await identityOf(supervisor);
    expect(second.pid).not.toBe(first.pid);
    expect(second.nonce).not.toBe(first.nonce);
    expect(supervisor.view().restarts).toBe(0);
    expect(bench.running().length).toBe(1);
  });

  it('is left alone when it says that another start is pointless', async () => {
    const supervisor = bench.supervisor(bench.profile(['exit=78']));
    supervisor.start();
    const { problem } = await untilStatus(supervisor, 'failed');
    expect(problem.message).toContain('exit code 78');
    expect(bench.running()).toEqual([]);
    expect(supervisor.view().restarts).toBe(0);
  });

  it('names a command that does not exist', async () => {
    const supervisor = bench.supervisor(
      bench.profile([], { program: { type: 'command', command: '/nowhere/hermes' } }),
    );
    supervisor.start();
    const { problem } = await untilStatus(supervisor, 'failed');
    expect(problem.message).toContain('/nowhere/hermes was not found');
  });

  it.skipIf(process.platform !== 'linux')(
    'is started as soon as the system can, when it can’t at the moment [R41]',
    async () => {
      // A program that is open for writing can't be run: as passing as a full process table.
      const program = join(bench.root, 'program');
      copyFileSync('/bin/sleep', program);
      chmodSync(program, 0o700);
      const writer = openSync(program, 'r+');
      const supervisor = bench.supervisor(
        bench.profile([], { program: { type: 'command', command: program, args: ['600'] } }),
      );
      supervisor.start();
      const { problem } = await untilStatus(supervisor, 'waiting');
      expect(problem.message).toContain('its file is being written at this moment (ETXTBSY)');
      closeSync(writer);
      await untilStatus(supervisor, 'running');
      expect(supervisor.view().restarts).toBe(0);
    },
  );

  it('sees nothing of our environment but its own variables', async () => {
    const secret = 'HOLDFAST_TEST_SECRET';
    process.env[secret] = 'do not tell';
    const supervisor = bench.supervisor(await bench.served([], { env: { OWN: 'at {port}' } }));
    supervisor.start();
    await untilStatus(supervisor, 'running');
    delete process.env[secret];
    const { port } = supervisor.profile();
    const answer = await fetch(`http://127.0.0.1:${port}/env`);
    const env: unknown = await answer.json();
    expect(env).toMatchObject({
      OWN: `at ${port}`,
      HOLDFAST_STATE: bench.stateRoot,
      HOLDFAST_PROFILE: 'g',
    });
    expect(env).not.toHaveProperty(secret);
  });
});

describe('a port that another program holds', () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => server.close(resolve)));
  /** Takes the port as soon as it can be had: milliseconds, and a gateway needs dozens to listen. */
  const hold = async (port: number): Promise<void> => {
    for (;;) {
      server = createServer((socket) => socket.destroy());
      const taken = await new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false));
        server.listen(port, '127.0.0.1', () => resolve(true));
      });
      if (taken) return;
    }
  };

  it('is named before a start, watched calmly, and taken when it is free [F21]', async () => {
    const profile = await bench.served();
    await hold(profile.port ?? 0);
    const supervisor = bench.supervisor(profile, { tuning: { recheckMs: 50 } });
    supervisor.start();
    const { problem } = await untilStatus(supervisor, 'failed');
    expect(problem.message).toContain(`Port ${profile.port} is held by`);
    expect(problem.message).toContain(`(pid ${process.pid})`);
    expect(bench.running()).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
    await untilStatus(supervisor, 'running');
  });

  it.each([
    ['{port}', 'port'],
    ['8080', undefined],
  ])(
    'is one that the gateway can leave when its command is given it, as by %s',
    async (arg, fix) => {
      const profile = await bench.served(['--ignored', arg]);
      await hold(profile.port ?? 0);
      const supervisor = bench.supervisor(profile);
      supervisor.start();
      const { problem } = await untilStatus(supervisor, 'failed');
      expect(problem.fix).toBe(fix);
    },
  );

  it('is named when it was taken behind a crash', async () => {
    const profile = await bench.served();
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const identity = await identityOf(supervisor);
    process.kill(identity.pid, 'SIGKILL');
    await hold(profile.port ?? 0);
    const { problem } = await untilStatus(supervisor, 'failed');
    expect(problem.message).toContain(`(pid ${process.pid})`);
    await until(() => bench.running().length === 0, 'the gateway to end');
  });

  it('is not mistaken for a gateway that is ready', async () => {
    const profile = await bench.served(['mute'], { readiness: { type: 'tcp' } });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    await untilStatus(supervisor, 'starting');
    await hold(profile.port ?? 0);
    const { problem } = await untilStatus(supervisor, 'failed');
    expect(problem.message).toContain('is held by');
  });
});

describe('readiness', () => {
  it('by TCP counts a listener of its own process as healthy', async () => {
    const profile = await bench.served([], { readiness: { type: 'tcp' } });
    const { status: _, ...plain } = profile;
    const supervisor = bench.supervisor(plain);
    supervisor.start();
    expect((await untilStatus(supervisor, 'running')).proof).toBe('healthy');
  });

  it('by a line of output, of this start and not of an earlier one', async () => {
    const missing = 'its output has no line with "serving \\d"';
    const profile = bench.profile(['say=now serving 7'], {
      readiness: { type: 'stdout', pattern: 'serving \\d' },
      startTimeoutMs: 3_000,
    });
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    expect((await untilStatus(supervisor, 'running')).proof).toBe('alive');
    await supervisor.stop();
    expect(bench.log()).toContain('serving 7');
    supervisor.setProfile({ ...profile, program: bench.profile(['say=other']).program });
    supervisor.start();
    // As long as it is at work, that is said; a machine that is busy takes its time with the start.
    await untilView(supervisor, (one) => {
      const { state } = one.view();
      const says = state.status === 'degraded' && state.problem.message.includes(missing);
      return says ? state : undefined;
    });
  });

  it('by having started', async () => {
    const supervisor = bench.supervisor(bench.profile(['mute']));
    supervisor.start();
    expect((await untilStatus(supervisor, 'running')).proof).toBe('alive');
  });
});

describe('liveness', () => {
  it.skipIf(onWindows)('replaces a gateway that hangs', async () => {
    const profile = await bench.served([], {
      liveness: { type: 'http', path: '/healthz', everyMs: 500 },
    });
    const tuning = { probeTimeoutMs: 100, retryAfterMissMs: 20 };
    const supervisor = bench.supervisor(profile, { tuning });
    supervisor.start();
    const identity = await identityOf(supervisor);
    process.kill(identity.pid, 'SIGSTOP');
    const degraded = await untilStatus(supervisor, 'degraded');
    expect(degraded.problem.message).toContain('does not answer');
    await untilEnded(identity);
    const state = await untilStatus(supervisor, 'running');
    expect(state.identity.pid).not.toBe(identity.pid);
    expect(supervisor.view().lastExit?.reason).toContain('asked 3 times');
  });
});

describe('the clean-up after a crash', () => {
  it('ends what the crashed gateway left behind', async () => {
    const supervisor = bench.supervisor(await bench.served());
    supervisor.start();
    const identity = await identityOf(supervisor);
    // A child in the gateway's session with the gateway's environment, as a gateway would start it.
    const child = spawnDetached({
      kind: 'gateway',
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      cwd: bench.root,
      env: {},
      stdout: 'ignore',
      stderr: 'ignore',
      nonce: identity.nonce,
      escape: 'session',
    });
    process.kill(identity.pid, 'SIGKILL');
    await untilEnded(child.identity);
    await untilStatus(supervisor, 'running');
    expect(bench.running().length).toBe(1);
  });
});

describe('speed', () => {
  it('spawns the successor before anything is published or written', async () => {
    const supervisor = bench.supervisor(await bench.served());
    supervisor.start();
    const identity = await identityOf(supervisor);
    const published: string[] = [];
    supervisor.subscribe(() => published.push(supervisor.view().state.status));
    process.kill(identity.pid, 'SIGKILL');
    await untilView(supervisor, (one) => one.view().restarts === 1);
    // The first state published after the exit is that of the successor.
    expect(published[0]).toBe('starting');
    expect(readFileSync(join(bench.stateRoot, 'ledger', 'g.json'), 'utf8')).toContain(
      String(identity.pid),
    );
  });
});

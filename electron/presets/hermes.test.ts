/** The stand-in that speaks Hermes' contract (e2e/fixtures), kept by what the preset says of it. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type Profile, type ProfileInput, profileSchema } from '../contract/profile.ts';
import { askSocket } from '../gateway/probes/control-socket.ts';
import type { Supervisor } from '../gateway/types.ts';
import { gatewayEnvironment, isAlive, spawnDetached, systemClock } from '../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilEnded,
  untilStatus,
  untilView,
} from '../testing/gateway-bench.ts';
import { hermesMachine } from '../testing/hermes-machine.ts';
import { compiledOnce } from '../testing/processes.ts';
import { hermes } from './hermes.ts';

const program = fileURLToPath(new URL('../../e2e/fixtures/hermes-gateway.ts', import.meta.url));

let bench: GatewayBench;
let home: string;
beforeEach(() => {
  bench = createGatewayBench();
  home = join(bench.root, 'hermes');
  mkdirSync(join(home, 'profiles', 'work'), { recursive: true });
});
afterEach(() => bench.clean());

/** What the preset finds, with the stand-in for the program and shorter times. */
function found(changes: Partial<ProfileInput> = {}, env: Record<string, string> = {}): Profile {
  const [first] = hermes.find(hermesMachine(home));
  const profile = first && z.parse(profileSchema, first.profile);
  if (profile?.program.type !== 'command') throw new Error('nothing was found');
  const { args } = profile.program;
  return bench.profile([], {
    ...profile,
    program: { type: 'command', command: process.execPath, args: [program, ...args], cwd: home },
    env: { ...profile.env, ...compiledOnce, HERMES_TEST_STORM_MS: '10', ...env },
    startTimeoutMs: 20_000,
    stop: { ...profile.stop, graceMs: 5_000 },
    liveness: { type: 'control-socket', path: socket(), verb: 'identify', everyMs: 500 },
    report: profile.report && { ...profile.report, everyMs: 500 },
    ...changes,
  });
}

function socket(): string {
  return join(home, 'gateway.sock');
}

const tell = (verb: string) =>
  askSocket({ path: socket(), verb, timeoutMs: 5_000, clock: systemClock });

const tuning = { probeTimeoutMs: 300, retryAfterMissMs: 50 };

async function running(supervisor: Supervisor) {
  supervisor.start();
  return (await untilStatus(supervisor, 'running')).identity;
}

const other = (supervisor: Supervisor, pid: number, withinMs?: number) =>
  untilView(
    supervisor,
    (one) => {
      const { state } = one.view();
      return state.status === 'running' && state.identity.pid !== pid && state;
    },
    withinMs,
  );

describe('a Hermes gateway', () => {
  it('runs as its default profile, whichever was used last [R73]', async () => {
    writeFileSync(join(home, 'active_profile'), 'work\n');
    // This variable alone keeps newer ones to their default profile.
    const supervisor = bench.supervisor(found({}, { HERMES_SUPERVISED_CHILD: '' }));
    await running(supervisor);
    expect(existsSync(join(home, 'gateway.pid'))).toBe(true);
    expect(existsSync(join(home, 'profiles', 'work', 'gateway.pid'))).toBe(false);
  });

  it('is ready when its state says so, and shows its platforms and its work', async () => {
    const supervisor = bench.supervisor(found());
    await running(supervisor);
    // Its report is read at its own pace: it may say for a moment what was before.
    const { report, state } = await untilView(
      supervisor,
      (one) => one.view().report?.state === 'running' && one.view(),
    );
    expect(state).toMatchObject({ status: 'running', proof: 'healthy' });
    expect(report).toMatchObject({
      state: 'running',
      busy: 0,
      parts: [{ name: 'telegram', state: 'connected' }],
    });
    await tell('test:platform:discord:error');
    await untilView(supervisor, (one) =>
      one.view().report?.parts.some(({ state }) => state === 'error'),
    );
    await tell('test:busy:2');
    await untilView(supervisor, (one) => one.view().report?.busy === 2);
    await tell('test:busy:0');
  });

  it('is stopped by the marker, so that it exits cleanly and leaves nothing', async () => {
    const supervisor = bench.supervisor(found());
    await running(supervisor);
    await supervisor.stop();
    expect(supervisor.view().lastExit).toMatchObject({ code: 0, reason: 'stopped by Holdfast' });
    const state: unknown = JSON.parse(readFileSync(join(home, 'gateway_state.json'), 'utf8'));
    expect(state).toMatchObject({ gateway_state: 'stopped', exit_reason: null });
    expect(existsSync(join(home, '.gateway-planned-stop.json'))).toBe(false);
  });

  it('without the marker, it takes a SIGTERM for an accident', async () => {
    const supervisor = bench.supervisor(found({ stop: { graceMs: 5_000 } }));
    await running(supervisor);
    await supervisor.stop();
    expect(supervisor.view().lastExit?.code).toBe(1);
  });

  it('a marker that it could not read in time is removed', async () => {
    const supervisor = bench.supervisor(found({ stop: { ...found().stop, graceMs: 200 } }));
    const { pid } = await running(supervisor);
    process.kill(pid, 'SIGSTOP');
    await supervisor.stop();
    expect(supervisor.view().lastExit?.signal).toBe('SIGKILL');
    expect(existsSync(join(home, '.gateway-planned-stop.json'))).toBe(false);
  });

  it('exit 75 asks for a restart, which is not counted', async () => {
    const supervisor = bench.supervisor(found());
    const { pid } = await running(supervisor);
    process.kill(pid, 'SIGUSR1');
    await other(supervisor, pid);
    expect(supervisor.view()).toMatchObject({
      restarts: 0,
      lastExit: { code: 75, reason: 'exit code 75; it says: restart asked' },
    });
  });

  it('exit 78 is believed, with the reason from its state file', async () => {
    const supervisor = bench.supervisor(found());
    await running(supervisor);
    await tell('test:exit:78');
    const { problem } = await untilStatus(supervisor, 'failed');
    expect(problem.message).toContain('pointless. It says: asked to exit with 78');
  });

  it('adopted, it still says why it ended', async () => {
    const profile = found();
    const first = bench.supervisor(profile);
    const { pid } = await running(first);
    first.freeze();
    const second = bench.supervisor(profile);
    expect(second.adopt()).toBe(true);
    await untilStatus(second, 'running');
    process.kill(pid, 'SIGUSR1');
    await other(second, pid);
    expect(second.view()).toMatchObject({
      restarts: 0,
      lastExit: { reason: expect.stringContaining('it says: restart asked') },
    });
  });

  it('is shown as degraded, and left running', async () => {
    const supervisor = bench.supervisor(found());
    const { pid } = await running(supervisor);
    await tell('test:state:degraded:telegram is down');
    const state = await untilStatus(supervisor, 'degraded');
    expect(state.identity.pid).toBe(pid);
    expect(state.problem.message).toBe('Hermes says that it is degraded: telegram is down');
    await tell('test:state:running');
    expect((await untilStatus(supervisor, 'running')).identity.pid).toBe(pid);
  });

  it('a wedged event loop is found by its control socket', async () => {
    // A young heartbeat would speak for it.
    const { heartbeat: _, ...gateway } = found();
    const supervisor = bench.supervisor(gateway, { tuning });
    const { pid } = await running(supervisor);
    await tell('test:hang');
    await other(supervisor, pid);
    expect(supervisor.view().lastExit?.reason).toContain('does not answer its health check');
  });

  const impatient = () => ({
    liveness: {
      type: 'control-socket' as const,
      path: socket(),
      verb: 'identify',
      everyMs: 500,
      hungAfterMs: 1_000,
    },
    heartbeat: { path: '', ...found().heartbeat, maxAgeMs: 1_000 },
  });

  it.each(['socket', 'tcp'])(
    'whose event loop answers (%s) is left running, silent and without a heartbeat [R34]',
    async (HERMES_TEST_TICK) => {
      const env = { HERMES_TEST_TICK, HERMES_TEST_BEAT_MS: '100' };
      const supervisor = bench.supervisor(found(impatient(), env), { tuning });
      const { pid } = await running(supervisor);
      await tell('test:deaf');
      await untilView(supervisor, (one) => {
        const { state } = one.view();
        return state.status === 'degraded' && state.problem.message.includes('event loop answers');
      });
      // Longer than its patience and the age of its beat: what speaks for it goes on doing so.
      await expect(other(supervisor, pid, 3_000)).rejects.toThrow(/in vain/);
      process.kill(pid, 'SIGSTOP');
      await other(supervisor, pid);
    },
  );

  it('whose event loop can’t be asked is replaced when it is silent and without a heartbeat [R34]', async () => {
    const env = { HERMES_TEST_BEAT_MS: '100' };
    const supervisor = bench.supervisor(found(impatient(), env), { tuning });
    const { pid } = await running(supervisor);
    await tell('test:deaf');
    await other(supervisor, pid);
  });

  it('an older version without a socket is found to hang by its heartbeat', async () => {
    const changes = {
      heartbeat: { path: join(home, 'state', 'gateway.heartbeat'), maxAgeMs: 1_000 },
    };
    const env = { HERMES_TEST_NO_SOCKET: '1', HERMES_TEST_BEAT_MS: '100' };
    const supervisor = bench.supervisor(found(changes, env), { tuning });
    const { pid } = await running(supervisor);
    process.kill(pid, 'SIGSTOP');
    await other(supervisor, pid);
    expect(supervisor.view().lastExit?.reason).toContain('heartbeat');
  });

  it('a hang before the first heartbeat is found too', async () => {
    const changes = { heartbeat: { path: join(home, 'state', 'no-such-file'), maxAgeMs: 1_000 } };
    const supervisor = bench.supervisor(found(changes, { HERMES_TEST_NO_SOCKET: '1' }), { tuning });
    const { pid } = await running(supervisor);
    await other(supervisor, pid);
  });

  it('is restarted when it is idle, not in the middle of its work', async () => {
    const supervisor = bench.supervisor(found());
    const { pid } = await running(supervisor);
    await tell('test:busy:1');
    await untilView(supervisor, (one) => one.view().report?.busy === 1);
    supervisor.restartWhenIdle();
    expect(supervisor.view()).toMatchObject({ restartWhenIdle: true });
    await tell('test:busy:2');
    await untilView(supervisor, (one) => one.view().report?.busy === 2);
    expect(supervisor.view()).toMatchObject({
      restartWhenIdle: true,
      state: { status: 'running', identity: { pid } },
    });
    await tell('test:busy:0');
    await other(supervisor, pid);
    expect(supervisor.view().restartWhenIdle).toBeUndefined();
    expect(supervisor.view().lastExit).toMatchObject({ code: 0, reason: 'restarted by Holdfast' });
  });

  it('that sleeps because it was started too often is given its time', async () => {
    const now = Date.now() / 1000;
    mkdirSync(home, { recursive: true });
    for (let n = 0; n < 6; n += 1) appendFileSync(join(home, 'gateway-starts.log'), `${now}\n`);
    const supervisor = bench.supervisor(found({}, { HERMES_TEST_STORM_MS: '100' }));
    const { pid } = await running(supervisor);
    expect(bench.log()).toContain('started 7 times in 120 s');
    expect(bench.running('hermes').map((one) => one.pid)).toEqual([pid]);
  });
});

describe.skipIf(process.platform !== 'linux')('a Hermes gateway that others run', () => {
  /** Started by hand, as in a terminal that has been closed. */
  function byHand() {
    const { program: own } = found();
    if (own.type !== 'command') throw new Error('no command');
    return spawnDetached({
      kind: 'gateway',
      command: own.command,
      args: own.args.filter((arg) => arg !== '--external-supervisor'),
      cwd: home,
      env: gatewayEnvironment(process.env, { HERMES_HOME: home }),
      stdout: 'ignore',
      stderr: 'ignore',
      nonce: randomBytes(16).toString('hex'),
      escape: 'session',
    }).identity;
  }

  it('is known by its lock, watched, and run by Holdfast when it has ended', async () => {
    const theirs = byHand();
    await listening();
    const supervisor = bench.supervisor(found());
    supervisor.start();
    const { owner } = await untilStatus(supervisor, 'external');
    expect(owner).toMatchObject({ pid: theirs.pid, takesOrders: false });
    expect(bench.running('hermes')).toEqual([]);
    await untilView(supervisor, (one) => one.view().report?.state === 'running');
    await expect(supervisor.stop()).rejects.toThrow(/Stop it there/);
    await expect(supervisor.restart()).rejects.toThrow(/Restart it there/);
    await killTree(theirs);
    await untilStatus(supervisor, 'running');
    expect(bench.running('hermes').length).toBe(1);
  });

  it('that hangs is left alone, and shown as such until it answers again', async () => {
    const theirs = byHand();
    await listening();
    const { report } = found();
    if (!report) throw new Error('no report');
    const from = report.from.filter(({ type }) => type === 'file');
    const supervisor = bench.supervisor(found({ report: { ...report, from } }), { tuning });
    const hangs = (): boolean => {
      const { state } = supervisor.view();
      return state.status === 'external' && state.problem !== undefined;
    };
    supervisor.start();
    await untilView(supervisor, (one) => one.view().report?.state === 'running');
    process.kill(theirs.pid, 'SIGSTOP');
    await untilView(supervisor, hangs);
    // Its state file goes on saying that it runs: that takes nothing back.
    await expect(untilView(supervisor, () => !hangs(), 3_000)).rejects.toThrow(/in vain/);
    process.kill(theirs.pid, 'SIGCONT');
    await untilView(supervisor, () => !hangs());
    expect(isAlive(theirs)).toBe(true);
    await killTree(theirs);
  });

  it('a stale pid file, or a lock file that no process holds, prevents nothing', async () => {
    const theirs = byHand();
    await listening();
    await killTree(theirs);
    await untilEnded(theirs);
    writeFileSync(join(home, 'gateway.pid'), JSON.stringify({ pid: process.pid }));
    const supervisor = bench.supervisor(found());
    await running(supervisor);
    expect(bench.running('hermes').length).toBe(1);
  });

  async function listening(): Promise<void> {
    for (;;) {
      const answer = await tell('identify');
      if (answer.type === 'answer') return;
      await new Promise((resume) => setTimeout(resume, 10));
    }
  }
});

/** A gateway that runs already and is someone else's: catalogue numbers 15 and 16. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile } from '../../contract/profile.ts';
import { gatewayEnvironment, isAlive, spawnDetached } from '../../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilEnded,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { signalOne } from '../../testing/processes.ts';
import type { Supervisor } from '../types.ts';

let bench: GatewayBench;
const children: ChildProcess[] = [];
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await bench.clean();
});

/** Ready by its port alone, since nothing of ours is in its answers. */
const profileOf = async (): Promise<Profile> => {
  const served = await bench.served();
  const { status: _, ...profile } = served;
  return profile;
};

/** What a shell is given to start the gateway: folders may have spaces in their names. */
function lineOf({ program }: Profile): string {
  return commandOf(program)
    .map((word) => `'${word}'`)
    .join(' ');
}

function commandOf(program: Profile['program']): readonly string[] {
  if (program.type !== 'command') throw new Error('no command');
  return [program.command, ...program.args];
}

const environment = (profile: Profile, own: Record<string, string> = {}) =>
  gatewayEnvironment(process.env, { HOLDFAST_PORT: String(profile.port), ...own });

const external = (supervisor: Supervisor, but = 0) =>
  untilView(supervisor, (one) => {
    const { state } = one.view();
    return state.status === 'external' && state.owner.pid !== but && state;
  });

async function answers(profile: Profile): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${profile.port}/readyz`).catch(() => null);
    if (answer) return;
    await new Promise((resume) => setTimeout(resume, 10));
  }
}

/** Has daemontools keep it; answers the service's folder. */
async function serviceOf(profile: Profile): Promise<string> {
  const service = join(bench.root, 'service');
  mkdirSync(service);
  writeFileSync(join(service, 'run'), `#!/bin/sh\nexec ${lineOf(profile)}\n`);
  chmodSync(join(service, 'run'), 0o755);
  const env = environment(profile);
  const supervise = spawn('supervise', [service], { env, stdio: 'ignore' });
  children.push(supervise);
  await answers(profile);
  return service;
}

describe.skipIf(process.platform !== 'linux')('a gateway that another supervisor keeps', () => {
  it('is shown as such; orders go to its owner, and nothing is fought over [F15]', async () => {
    const profile = await profileOf();
    const service = await serviceOf(profile);

    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const first = await external(supervisor);
    expect(first.owner).toMatchObject({
      type: 'supervisor',
      name: `daemontools (${service})`,
      takesOrders: true,
    });

    // Killed, it is its owner who brings it back.
    signalOne(first.owner.pid, 'SIGKILL');
    const second = await external(supervisor, first.owner.pid);
    expect(second.problem).toBeUndefined();
    expect(bench.running()).toEqual([]);

    await supervisor.restart();
    const third = await external(supervisor, second.owner.pid);

    await supervisor.stop();
    await untilView(supervisor, (one) => one.view().state.status === 'stopped');
    expect(bench.running()).toEqual([]);
    expect(third.owner.pid).not.toBe(second.owner.pid);
    await expect(fetch(`http://127.0.0.1:${profile.port}/`)).rejects.toThrow();
  });

  it('and stopped there, is not started here; Start asks the owner [F15]', async () => {
    const profile = await profileOf();
    const service = await serviceOf(profile);
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const first = await external(supervisor);
    writeFileSync(join(service, 'supervise', 'control'), 'd');
    const { problem } = await untilView(
      supervisor,
      (one) => {
        const { state } = one.view();
        return state.status === 'external' && state.problem !== undefined && state;
      },
      20_000,
    );
    expect(problem?.message).toContain('has not brought it back');
    expect(bench.running()).toEqual([]);
    supervisor.start();
    await external(supervisor, first.owner.pid);
    await supervisor.stop();
    await untilView(supervisor, (one) => one.view().state.status === 'stopped');
  });
});

describe.skipIf(process.platform !== 'linux')(
  'a gateway that others run with another command',
  () => {
    /** The same server, started as no profile of ours would. */
    async function otherwise(profile: Profile) {
      const port = profile.port ?? 0;
      const script = `require('node:http').createServer((_, answer) => answer.end('{"status":"live"}')).listen(${port}, '127.0.0.1')`;
      const { identity } = spawnDetached({
        kind: 'gateway',
        command: process.execPath,
        args: ['-e', script],
        cwd: bench.root,
        env: gatewayEnvironment(process.env),
        stdout: 'ignore',
        stderr: 'ignore',
        nonce: '',
        escape: 'session',
      });
      await answers(profile);
      return identity;
    }

    const expecting = (served: Profile, status: string): Profile => {
      const expect = { field: 'status', oneOf: [status] };
      return { ...served, readiness: { type: 'http', path: '/readyz', expect } };
    };

    it('is known by its answer to the health check, named, and followed by ours when it ends [R79]', async () => {
      const served = await profileOf();
      const profile = expecting(served, 'live');
      const identity = await otherwise(profile);
      const supervisor = bench.supervisor(profile);
      supervisor.start();
      const { owner } = await external(supervisor);
      // An answer may be that of another server: its owner is named, and asked for nothing.
      expect(owner).toMatchObject({ pid: identity.pid, takesOrders: false });
      await expect(supervisor.stop()).rejects.toThrow(/Stop it there/);
      expect(isAlive(identity)).toBe(true);
      supervisor.setProfile(served);
      await killTree(identity);
      await untilStatus(supervisor, 'running');
    });

    it('and that answers otherwise only holds the port', async () => {
      const served = await profileOf();
      const profile = expecting(served, 'ready');
      const identity = await otherwise(profile);
      const supervisor = bench.supervisor(profile);
      supervisor.start();
      const { problem } = await untilStatus(supervisor, 'failed');
      expect(problem.message).toContain(`(pid ${identity.pid})`);
      await killTree(identity);
    });
  },
);

describe.skipIf(process.platform !== 'linux')('a gateway whose parents have ended', () => {
  it('is known by its command on the port, left alone, and followed by ours when it ends [F16]', async () => {
    const profile = await profileOf();
    const [command = '', ...args] = commandOf(profile.program);
    const { identity } = spawnDetached({
      kind: 'gateway',
      command,
      args,
      cwd: bench.root,
      env: environment(profile, { HOLDFAST_STATE: '/another/state' }),
      stdout: 'ignore',
      stderr: 'ignore',
      nonce: 'cd'.repeat(16),
      escape: 'session',
    });
    await answers(profile);
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { owner } = await external(supervisor);
    expect(owner).toMatchObject({ type: 'holdfast', name: 'another Holdfast (/another/state)' });
    await expect(supervisor.stop()).rejects.toThrow(/Stop it there/);
    expect(isAlive(identity)).toBe(true);
    await killTree(identity);
    await untilEnded(identity);
    await untilStatus(supervisor, 'running');
  });

  it('in a terminal is named by it', async () => {
    const profile = await profileOf();
    const terminal = spawn('script', ['-qefc', lineOf(profile), '/dev/null'], {
      env: environment(profile),
      stdio: 'ignore',
    });
    children.push(terminal);
    await answers(profile);
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { owner } = await external(supervisor);
    expect(owner.type).toBe('terminal');
    expect(owner.name).toMatch(/^a terminal \(pts\/\d+\)$/);
    supervisor.close();
    signalOne(owner.pid, 'SIGKILL');
    await once(terminal, 'exit');
  });
});

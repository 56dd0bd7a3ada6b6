/** Asking real gateways to stop by pipe, file and HTTP; all of them ignore SIGTERM. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile, ProfileInput } from '../../contract/profile.ts';
import { isAlive, signalsAreHeard } from '../../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  untilRecord,
  untilStatus,
} from '../../testing/gateway-bench.ts';
import type { Supervisor } from '../types.ts';

const gatewayScript = join(import.meta.dirname, '../../reference-gateway', 'main.ts');

let bench: GatewayBench;
let said: string[];
let server: Server | undefined;
beforeEach(() => {
  bench = createGatewayBench();
  said = [];
});
afterEach(async () => {
  await bench.clean();
  server?.close();
  server = undefined;
});

const by = (stop: NonNullable<ProfileInput['stop']>['by'], graceMs = 10_000) => ({
  stop: { by: stop, graceMs },
});

async function running(profile: Profile, habits = {}): Promise<Supervisor> {
  const supervisor = bench.supervisor(profile, { log: (line) => said.push(line), ...habits });
  supervisor.start();
  await untilStatus(supervisor, 'running');
  return supervisor;
}

/** The recorded pipe of the running gateway; `before`: that of the one before it. */
function recordedPipe(before?: string): Promise<string> {
  return untilRecord(bench, ({ process }) => process?.stopPipe !== before && process?.stopPipe);
}

/** It ended by itself, because it was asked in that way. */
async function expectPolite(supervisor: Supervisor, way: string): Promise<void> {
  await supervisor.stop();
  expect(supervisor.view().lastExit).toMatchObject({ code: 0, signal: null });
  expect(bench.log()).toContain(`asked by ${way}`);
  expect(said.filter((line) => line.includes('could not be asked'))).toEqual([]);
}

describe('a gateway that ignores signals stops', () => {
  it('by its pipe, whose name can’t be guessed and which leaves nothing behind', async () => {
    const profile = await bench.served(['deaf'], by({ type: 'pipe' }));
    const supervisor = await running(profile);
    const pipe = await recordedPipe();
    expect(pipe).toMatch(/stop-.*[a-f0-9]{16}$/);
    await expectPolite(supervisor, 'pipe');
    if (signalsAreHeard) expect(existsSync(pipe)).toBe(false);
    await running(profile);
    await recordedPipe(pipe);
  });

  it('by its pipe, also when a later watcher asks', async () => {
    const profile = await bench.served(['deaf'], by({ type: 'pipe' }));
    (await running(profile)).freeze();
    const heir = bench.supervisor(profile, { log: (line) => said.push(line) });
    expect(heir.adopt()).toBe(true);
    await untilStatus(heir, 'running');
    await heir.stop();
    expect(bench.log()).toContain('asked by pipe');
    expect(bench.running()).toEqual([]);
  });

  it('by a file, at every stop', async () => {
    const file = join(bench.root, 'please-stop');
    const profile = await bench.served(['deaf', `file=${file}`], by({ type: 'file', path: file }));
    const supervisor = await running(profile);
    await expectPolite(supervisor, 'file');
    expect(readFileSync(file, 'utf8')).toBe('stop\n');
    supervisor.start();
    await untilStatus(supervisor, 'running');
    expect(existsSync(file)).toBe(false);
  });

  it('by HTTP', async () => {
    const profile = await bench.served(
      ['deaf'],
      by({ type: 'http', path: '/stop', method: 'POST' }),
    );
    await expectPolite(await running(profile), 'http');
  });
});

it('the gateway that ships with Holdfast drains by its pipe, and that counts as stopped', async () => {
  const profile = await bench.served([], {
    program: { type: 'shipped', name: 'reference-gateway' },
    ...by({ type: 'pipe' }),
  });
  const shipped = () => ({ node: process.execPath, script: gatewayScript, buildId: 'source' });
  const supervisor = await running(profile, { shipped });
  await supervisor.stop();
  expect(supervisor.view().lastExit).toMatchObject({ code: 0, signal: null });
  expect(bench.log()).toContain('stopping (stop line)');
});

describe('a gateway that can’t be asked as its profile says', () => {
  it('is sent the signal where signals work, which is logged', async () => {
    const profile = await bench.served([], by({ type: 'http', path: '/missing', method: 'POST' }));
    const supervisor = await running(profile);
    await supervisor.stop();
    expect(said.join()).toContain('POST /missing was answered with 404');
    // On other systems it is ended at once: nothing else could reach it.
    expect(supervisor.view().lastExit?.code).toBe(signalsAreHeard ? 0 : 1);
  });

  it('is ended when nothing listens, which is logged', async () => {
    const profile = await bench.served(['deaf', 'deaf-pipe'], by({ type: 'pipe' }, 300));
    const supervisor = await running(profile);
    const { identity } = await untilStatus(supervisor, 'running');
    await supervisor.stop();
    expect(isAlive(identity)).toBe(false);
    expect(said.join()).toContain('no program listens on its stop pipe');
  });

  it('does not overwrite or remove another program’s file', async () => {
    const file = join(bench.root, 'notes');
    writeFileSync(file, 'mine');
    const profile = await bench.served(['mute'], {
      readiness: { type: 'started' },
      ...by({ type: 'file', path: file }),
    });
    await (await running(profile)).stop();
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(said.join()).toContain('its stop file can');
  });

  it('does not stop a stranger on its port', async () => {
    let connections = 0;
    const profile = await bench.served(['mute'], {
      readiness: { type: 'started' },
      ...by({ type: 'http', path: '/stop', method: 'POST' }),
    });
    const supervisor = await running(profile);
    const stranger = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    server = stranger;
    await new Promise<void>((done) => stranger.listen(profile.port, '127.0.0.1', done));
    await supervisor.stop();
    expect(said.join()).toContain(`it does not listen on port ${profile.port} itself`);
    expect(connections).toBe(0);
  });
});

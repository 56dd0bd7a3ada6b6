/** What a gateway gets of its user's environment, as the gateway itself sees it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile, ProfileInput } from '../../contract/profile.ts';
import {
  createGatewayBench,
  type GatewayBench,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import type { Supervisor, UserEnvironment } from '../types.ts';

let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

async function environmentOf({ port }: Profile): Promise<Record<string, string>> {
  const answer = await fetch(`http://127.0.0.1:${port}/env`);
  return (await answer.json()) as Record<string, string>;
}

const ready = (supervisor: Supervisor) => untilStatus(supervisor, 'running');

describe('a gateway', () => {
  it('sees the search path that its user has now, from its next start on [R3]', async () => {
    let user: UserEnvironment = { path: '/first/bin:/usr/bin' };
    const profile = await bench.served();
    const supervisor = bench.supervisor(profile, { userEnvironment: () => user });
    supervisor.start();
    const { identity } = await ready(supervisor);
    expect((await environmentOf(profile)).PATH).toContain('/first/bin:/usr/bin');
    // The next start has been prepared by now.
    user = { path: '/second/bin:/usr/bin' };
    process.kill(identity.pid, 'SIGKILL');
    await untilView(supervisor, (one) => {
      const { state } = one.view();
      return state.status === 'running' && state.identity.pid !== identity.pid;
    });
    const { PATH } = await environmentOf(profile);
    expect(PATH).toContain('/second/bin:/usr/bin');
    expect(PATH).not.toContain('/first/bin');
  });

  it('keeps the search path that its profile sets', async () => {
    const profile = await bench.served([], { env: { PATH: '/mine' } });
    const supervisor = bench.supervisor(profile, { userEnvironment: () => ({ path: '/theirs' }) });
    supervisor.start();
    await ready(supervisor);
    expect((await environmentOf(profile)).PATH).toBe('/mine');
  });

  it.each([
    [{}, '1'],
    [{ PYTHONUNBUFFERED: '' }, ''],
  ])(
    'that is Python writes its lines at once, unless its profile %j says otherwise [R6]',
    async (env, said) => {
      const profile = await bench.served([], { env });
      const supervisor = bench.supervisor(profile);
      supervisor.start();
      await ready(supervisor);
      expect((await environmentOf(profile)).PYTHONUNBUFFERED).toBe(said);
    },
  );
});

describe.skipIf(process.platform === 'win32')('a gateway that is a program', () => {
  it('finds programs beside it by name', async () => {
    const bin = join(bench.root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'own-helper'), '#!/bin/sh\necho helped\n', { mode: 0o755 });
    writeFileSync(join(bin, 'gateway'), '#!/bin/sh\nown-helper\nexec sleep 1000000\n', {
      mode: 0o755,
    });
    const program: ProfileInput['program'] = {
      type: 'command',
      command: join(bin, 'gateway'),
      args: [],
    };
    const supervisor = bench.supervisor(bench.profile([], { program }));
    supervisor.start();
    await ready(supervisor);
    await expect.poll(() => bench.log()).toContain('helped');
  });

  it.each([256, 1024])('may have %i files open when its user may [R5]', async (openFiles) => {
    const program: ProfileInput['program'] = {
      type: 'command',
      command: '/bin/sh',
      args: ['-c', 'ulimit -Sn; exec sleep 1000000'],
    };
    const supervisor = bench.supervisor(bench.profile([], { program }), {
      userEnvironment: () => ({ openFiles }),
    });
    supervisor.start();
    await ready(supervisor);
    await expect.poll(() => bench.log()).toBe(`${openFiles}\n`);
  });
});

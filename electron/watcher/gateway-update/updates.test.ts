/** A real watcher brings one gateway up to date by the command of its profile: `holdfast update`. */
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { platform } from '../../process/platform.ts';
import { UpdatedGateway, untilGo } from '../../testing/updated-gateway.ts';
import { until } from '../../testing/watcher-bench.ts';

let one: UpdatedGateway;
afterEach(() => one.bench.sweep());

async function serve(script: string): Promise<void> {
  one = await UpdatedGateway.serve(script);
}

describe('an update command', () => {
  it('that succeeds is done when the new build has answered, and not before [R91]', async () => {
    await serve(
      `require('fs').writeFileSync('version', 'two'); require('fs').writeFileSync('hold', '')`,
    );
    let done = false;
    const updated = one.update().then(() => {
      done = true;
    });
    await until(() => {
      const state = one.view()?.state;
      return state?.status === 'starting' && state.identity.pid !== one.before.pid;
    }, 'the new build to be started');
    // It runs and is probed, and it has not answered yet.
    await one.client.call('ping', null);
    expect(done).toBe(false);
    one.remove('hold');
    await updated;
    expect(one.view()).toMatchObject({ build: 'two', state: { status: 'running' } });
    await one.servesAnew('two');
    await one.bench.finish();
  });

  it('that fails is reported with its last line, and the gateway is back [R91]', async () => {
    await serve(`console.log('looks'); console.error('no room for it'); process.exitCode = 3`);
    const name = path.basename(process.execPath);
    await expect(one.update()).rejects.toThrow(
      `The update command of Reference (${name}) failed: exit code 3. It last printed: “no room for it” Its output is at the end of the gateway’s log.`,
    );
    await one.servesAnew('one');
    await one.bench.finish();
  });

  it('that leaves a build which does not start is reported, and its gateway is supervised [R91]', async () => {
    await serve(`require('fs').writeFileSync('version', 'broken')`);
    await expect(one.update()).rejects.toThrow(/ 78/);
    await until(() => one.view()?.state.status === 'failed', 'the gateway to be tried as ever');
    one.put('version', 'two');
    await one.client.call('gateway.start', { id: 'ref' });
    await one.servesAnew('two');
    await one.bench.finish();
  });

  it('runs once when it is asked for twice at once, and nothing else begins during it [R92]', async () => {
    await serve(untilGo);
    const first = one.update();
    await until(() => one.has('runs'), 'the command to run');
    await expect(one.update()).rejects.toThrow('Reference is being updated already.');
    await expect(one.client.call('watcher.retire', { gateways: 'keep' })).rejects.toThrow(
      'A gateway is being updated; wait for its end.',
    );
    await expect(
      one.client.call('update.arm', { attempt: '1234567890123-00000000' }),
    ).rejects.toThrow('A gateway is being updated; wait for its end.');
    const successor = await one.bench.start('--succeed').ended;
    expect(successor.said).toMatch(/did not make room: A gateway is being updated/);
    one.put('go');
    await first;
    await one.servesAnew('one');
    expect(one.read('runs')).toMatch(/^\d+ $/);
    await one.bench.finish();
  });
});

it('nothing is stopped for an update whose journal can’t be written any more [F30]', async () => {
  // Another file lies in its place, as after a repair of the disk.
  const exchange = `
    const { appendFileSync, mkdirSync, readdirSync, renameSync } = require('fs');
    const [updates] = process.argv.slice(1);
    for (const name of readdirSync(updates)) {
      const journal = updates + '/' + name + '/journal.jsonl';
      appendFileSync(journal, ' ');
      renameSync(journal, journal + '.aside');
      mkdirSync(journal);
    }`;
  one = await UpdatedGateway.serve(`require('fs').writeFileSync('version', 'two')`, (world) => {
    const { updates } = world.bench.state.gatewayAttempts('ref');
    const words = { command: process.execPath, cwd: world.bench.folder };
    return { preflight: { ...words, args: ['-e', exchange, updates] } };
  });
  await expect(one.update()).rejects.toThrow(/^The journal of update .* can't be written/);
  await one.ends('put-back');
  await one.stillServes();
  expect(one.read('version')).toBe('one');
  await one.bench.finish();
});

describe('a watcher that is killed during an update command', () => {
  /** The command runs, and its watcher is dead. */
  async function killed(): Promise<number> {
    await serve(`${untilGo} fs.writeFileSync('version', 'two');`);
    const updated = expect(one.update()).rejects.toThrow('The background service hung up.');
    await until(
      () => one.has('runs') && one.events().includes('command-running'),
      'the command to run',
    );
    platform.signal(one.watcher.identity, 'SIGKILL');
    await Promise.all([one.watcher.ended, updated]);
    return Number(one.read('runs'));
  }

  it('is followed by one that waits for the command, says so, and then starts the gateway [R93]', async () => {
    const command = await killed();
    await one.serveAgain();
    expect(one.view()).toMatchObject({ desired: 'running', state: { status: 'released' } });
    expect(one.log()).toContain(`ref: its update command still runs (pid ${command})`);
    await expect(one.update()).rejects.toThrow('Reference is being updated already.');
    const others = one.bench.census().filter(({ pid }) => pid !== one.watcher.identity.pid);
    expect(others.map(({ pid }) => pid)).toEqual([command]);
    one.put('go');
    await one.servesAnew('two');
    expect(one.log()).toContain('ref: that update command has ended; the gateway is started');
    await one.bench.finish();
  });

  it('is followed by one that starts the gateway at once when the command has ended [R93]', async () => {
    await killed();
    one.put('go');
    await until(() => one.bench.census().length === 0, 'the command to end');
    await one.serveAgain();
    await one.servesAnew('two');
    expect(one.log()).not.toContain('still runs');
    await one.bench.finish();
  });
});

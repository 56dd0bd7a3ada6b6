/** A real watcher installs newer versions by itself, where its user chose that, and only there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../testing/free-port.ts';
import { install, UpdatedGateway, type Ways } from '../../testing/updated-gateway.ts';
import { until } from '../../testing/watcher-bench.ts';
import { listAttempts } from '../../transaction/attempts.ts';

const timeoutMs = 120_000;

let one: UpdatedGateway;
afterEach(() => one.bench.sweep());

/** Version 1.0.0 runs, 1.1.0 is the newest; a second without work is enough. */
async function serve(script: string, ways: Ways = {}): Promise<void> {
  one = await UpdatedGateway.serve(script, (world) => ({
    rollback: { type: 'snapshot', paths: [world.at('version')] },
    version: { type: 'file', path: world.at('version') },
    check: { type: 'command', command: '/bin/cat', args: [world.at('newest')] },
    idleMs: 1_000,
    ...ways,
  }));
  one.put('version', '1.0.0');
  one.put('newest', '1.1.0');
}

const check = (): Promise<unknown> => one.client.call('gateway.checkVersion', { id: 'ref' });
const attempts = (): number => listAttempts(one.bench.state.gatewayAttempts('ref')).length;
const savedWhen = (id: string): unknown => {
  const file = path.join(one.bench.state.profiles, `${id}.json`);
  return JSON.parse(readFileSync(file, 'utf8')).update.when;
};

describe('a newer version', { timeout: timeoutMs }, () => {
  it('is installed when the gateway has nothing to do, and the receipt says that nobody asked [R129]', async () => {
    await serve(install('1.1.0'), { when: 'idle' });
    await check();
    expect(await one.ends('committed')).toMatchObject({ toVersion: '1.1.0', automatic: 'idle' });
    await one.servesAnew('1.1.0');
    expect(one.view()?.updateWaits).toBeUndefined();
    await one.bench.finish();
  });

  it('that was rolled back is not tried again by itself [R129]', async () => {
    await serve(install('broken'), { when: 'idle' });
    await check();
    await one.ends('put-back');
    await one.servesAnew('one').catch(() => undefined);
    expect(one.view()?.version?.offered).toBe(false);
    await expect(until(() => attempts() > 1, 'another attempt', 4_000)).rejects.toThrow(/in vain/);
    await one.bench.finish();
  });

  it('is not installed unasked, until the user chooses that [R129]', async () => {
    await serve(install('1.1.0'));
    await check();
    expect(one.view()).toMatchObject({ updateWhen: 'ask', version: { offered: true } });
    await expect(until(() => attempts() > 0, 'an attempt', 4_000)).rejects.toThrow(/in vain/);
    await one.client.call('gateway.updateWhen', { id: 'ref', when: 'never' });
    expect(one.view()).toMatchObject({ updateWhen: 'never', version: { offered: false } });
    await one.client.call('gateway.updateWhen', { id: 'ref', when: 'idle' });
    expect(savedWhen('ref')).toBe('idle');
    await one.ends('committed');
    await one.bench.finish();
  });
});

it(
  'a choice counts for every gateway that runs from the same files, and is refused where it can’t be meant [R129]',
  async () => {
    await serve('', { confirmMs: 60_000 });
    one.write('second', await freePort(), '', { folder: one.folder(), soakMs: 0 });
    one.write('ref', one.bench.port, '', { folder: one.folder(), soakMs: 0 });
    await until(() => one.view('second')?.state.status === 'running', 'the second to run');
    await one.client.call('gateway.updateWhen', { id: 'ref', when: 'night' });
    await until(() => one.view('second')?.updateWhen === 'night', 'both to be at night');
    expect([savedWhen('ref'), savedWhen('second')]).toEqual(['night', 'night']);
    one.write('ref', one.bench.port, '', { confirmMs: 60_000 });
    await until(() => one.view()?.updateWhen === 'ask', 'the profile to be read');
    await expect(
      one.client.call('gateway.updateWhen', { id: 'ref', when: 'idle' }),
    ).rejects.toThrow(/This can’t be chosen for Reference: .*nobody is there to keep it/);
    await one.bench.finish();
  },
  timeoutMs,
);

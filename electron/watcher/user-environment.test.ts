/** A real watcher learns its user's search path, and then starts what it could not find before. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReportedEnvironment } from '../contract/watcher-contract.ts';
import { type Bench, createBench } from '../testing/watcher-bench.ts';
import { keepUserEnvironment } from './user-environment.ts';

const log = { warn: () => {} };

describe('the environment that was reported', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await createBench();
  });
  afterEach(() => bench.sweep());

  const reported = (
    from: 'app' | 'cli',
    folders: string,
    openFiles?: number,
  ): ReportedEnvironment => ({
    from,
    path: folders,
    ...(openFiles === undefined ? {} : { openFiles }),
  });

  test.skipIf(process.platform === 'win32')(
    'is the newest one, unless it names nothing that the other does not',
    () => {
      const keeper = keepUserEnvironment(bench.state, log);
      const begins = (): string | undefined => keeper.current().path;
      expect(keeper.report(reported('app', '/nvm:/usr/bin', 512))).toBe(true);
      expect(begins()).toMatch(/^\/nvm:\/usr\/bin/);
      // A script's.
      expect(keeper.report(reported('cli', '/usr/bin'))).toBe(false);
      expect(keeper.current().openFiles).toBe(512);
      keeper.report(reported('cli', '/newer:/usr/bin', 2048));
      expect(begins()).toMatch(/^\/newer:\/usr\/bin:\/nvm/);
      expect(keeper.current().openFiles).toBe(2048);
      keeper.report(reported('app', '/other:/usr/bin'));
      expect(begins()).toMatch(/^\/other:\/usr\/bin:\/newer/);
      expect(begins()).not.toContain('/nvm');
      // The same for the next watcher.
      expect(keepUserEnvironment(bench.state, log).current()).toEqual(keeper.current());
      expect(statSync(bench.state.environment).mode & 0o777).toBe(0o600);
    },
  );

  test('that is damaged on the disk counts as none', () => {
    const none = keepUserEnvironment(bench.state, log).current();
    writeFileSync(bench.state.environment, '{"told": [{"from": "app", "path": 7}]}', {
      mode: 0o600,
    });
    expect(keepUserEnvironment(bench.state, log).current()).toEqual(none);
  });
});

test.skipIf(process.platform === 'win32')(
  'a program that the watcher does not find is started once the user’s path is reported, and by the next watcher [R1]',
  async () => {
    const bench = await createBench({
      program: { type: 'command', command: 'own-gateway', args: [] },
      readiness: { type: 'started' },
      update: { policy: 'keep' },
    });
    try {
      const bin = path.join(bench.folder, 'bin');
      mkdirSync(bin);
      writeFileSync(path.join(bin, 'own-gateway'), '#!/bin/sh\nexec sleep 1000000\n', {
        mode: 0o755,
      });
      const { ended } = await bench.serve();
      const client = await bench.client();
      const status = async () =>
        (await client.call('subscribe', null)).state.gateways.ref?.state.status;
      await expect.poll(status).toBe('failed');
      await client.call('watcher.environment', { from: 'app', path: `${bin}:/usr/bin:/bin` });
      const first = await bench.running(client);
      const { events } = await client.call('events.list', { id: 'ref', limit: 20 });
      expect(events.find(({ kind }) => kind === 'started')).toMatchObject({ why: 'retry' });
      await client.call('watcher.retire', { gateways: 'stop' });
      await ended;
      await bench.serve();
      const second = await bench.running(await bench.client());
      expect(second.pid).not.toBe(first.pid);
      await bench.finish();
    } finally {
      await bench.sweep();
    }
  },
);

/**
 * Watcher, gateway and app on a disk that is full or fills up. Needs HOLDFAST_TEST_DISK, a small disk
 * that this may fill; one file, so that its tests have it to themselves.
 */
import { closeSync, fstatSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareStateFolder, stateFolder } from '../files/state-folder.ts';
import { isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { createSource } from '../testing/stage-source.ts';
import { type Bench, createBench, statusOf, until } from '../testing/watcher-bench.ts';
import { createLink } from './link.ts';
import { mirrorWatcher } from './mirror.ts';

const disk = process.env.HOLDFAST_TEST_DISK;
if (!disk)
  console.log('Skipped: full disks. Set HOLDFAST_TEST_DISK to a small disk that may be filled.');

describe.skipIf(!disk)('a full disk', () => {
  let bench: Bench;
  const ballast = path.join(disk ?? '', 'ballast');
  const full = /The disk that holds \/.* is full\..* Make room on it/;

  beforeEach(async () => {
    bench = await createBench({}, disk);
  });
  afterEach(() => {
    makeRoom();
    return bench.sweep();
  });

  function fill(): void {
    const fd = openSync(ballast, 'a');
    const block = Buffer.alloc(4096);
    try {
      for (;;) writeSync(fd, block);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
      expect(fstatSync(fd).size).toBeGreaterThan(0);
      expect(statfsSync(disk ?? '').bfree).toBe(0);
    } finally {
      closeSync(fd);
    }
  }

  function makeRoom(): void {
    rmSync(ballast, { force: true });
  }

  it('a folder that can’t be made is named, with what to do', () => {
    const many = path.join(disk ?? '', 'many');
    mkdirSync(many);
    try {
      expect(() => {
        for (let n = 0; ; n += 1) mkdirSync(path.join(many, String(n)));
      }).toThrow('ENOSPC');
      expect(() => prepareStateFolder(stateFolder(path.join(disk ?? '', 'new')))).toThrow(
        /Holdfast cannot create its folder .*new\. The disk that holds .* is full\. Make room on it/,
      );
    } finally {
      rmSync(many, { recursive: true });
    }
  });

  it('a watcher that starts on a full disk starts nothing else, says so, and does once there is room', async () => {
    // The very first start, which makes lock and secret …
    fill();
    const first = await bench.start().ended;
    expect(first).toMatchObject({ code: 74, said: expect.stringMatching(full) });
    makeRoom();
    const watcher = await bench.serve();
    const client = await bench.client();
    await bench.running(client);
    await client.call('watcher.retire', { gateways: 'stop' });
    await watcher.ended;
    // … and a later one, which has both and a gateway to start.
    fill();
    const later = await bench.start().ended;
    expect(later).toMatchObject({ code: 74, said: expect.stringMatching(full) });
    expect(bench.census()).toEqual([]);
    makeRoom();
    await bench.serve();
    await bench.running(await bench.client());
    await bench.finish();
  });

  it('a disk that fills up leaves the gateway alone; what can’t be written is a problem until it is written', async () => {
    const { identity: watcher } = await bench.serve();
    const client = await bench.client();
    const { state: now } = await mirrorWatcher(client, { clock: systemClock, onChange: () => {} });
    const before = await bench.running(client);
    const profile = { ...bench.profile, id: 'second', autostart: false };
    const save = (): Promise<unknown> => client.call('profile.save', { profile });
    // What the watcher wrote at that moment leaves a block when it is done: the next save takes it.
    const untilRefused = (): Promise<unknown> => {
      fill();
      return save().then(untilRefused);
    };
    await expect(untilRefused()).rejects.toThrow(
      /"second" could not be saved: The disk that holds .* is full\. Make room on it\. Then try again/,
    );
    expect((await statusOf(bench.port)).pid).toBe(before.pid);
    // Even a crash is made good.
    platform.signal(before, 'SIGKILL');
    const after = await bench.running(client, before);
    const problems = () => now().problems.map(({ message, hint }) => `${message} ${hint}`);
    await until(
      () => problems().some((one) => /record of Reference/.test(one) && full.test(one)),
      full.source,
    );
    expect([watcher, after].map(isAlive)).toEqual([true, true]);
    makeRoom();
    await until(() => problems().length === 0, 'nothing more to be wrong');
    await save();
    expect(now().gateways.ref).toMatchObject({ restarts: 1, state: { identity: after } });
    await bench.finish();
  });

  it('the app’s line says that the disk is full, and connects once there is room', async () => {
    const warned: string[] = [];
    const link = createLink({
      state: bench.state,
      source: createSource(bench.folder),
      version: '0.0.0',
      buildId: '0.0.0+dev',
      log: { info() {}, warn: (message) => warned.push(message), error() {} },
      clock: systemClock,
    });
    fill();
    // Not even the watcher's program fits.
    await expect(link.connect()).rejects.toThrow(full);
    expect(link.state()).toMatchObject({ problem: { message: expect.stringMatching(full) } });
    expect(warned).toEqual([expect.stringMatching(full)]);
    makeRoom();
    const connected = () => link.state().status === 'connected';
    await until(connected, 'the line to stand');
    // It fits, but can't say where it is, nor why.
    const watcher = link.watcher()?.watcher.identity;
    if (!watcher) throw new Error('not connected');
    await until(() => link.watcher()?.gateways.ref?.state.status === 'running', 'the gateway');
    // Stopped first: what it writes at that moment would leave room for the next one.
    process.kill(watcher.pid, 'SIGSTOP');
    fill();
    platform.signal(watcher, 'SIGKILL');
    const sentence = /The disk that holds \/.* (is full|takes nothing more)\. Make room on it/;
    await until(() => {
      const state = link.state();
      return state.status === 'lost' && sentence.test(state.problem.message);
    }, 'the link to say so');
    makeRoom();
    await until(connected, 'the line to stand again');
    link.close();
    await bench.finish();
  });
});

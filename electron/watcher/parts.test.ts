/** The small parts: dispatch, lifetime, log, options, subscriptions. */
import {
  accessSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { ContractError, defineContract, nothing } from '../contract/define.ts';
import { createPublisher, followPatch, type Patch } from '../contract/snapshot.ts';
import { systemClock } from '../process/index.ts';
import type { Connection } from './connection.ts';
import { createDispatch } from './dispatch.ts';
import { createLifetime } from './lifetime.ts';
import { createLog } from './log.ts';
import { parseOptions, raisedRights } from './options.ts';
import { createSubscriptions } from './subscriptions.ts';

describe('dispatch', () => {
  const contract = defineContract({
    calls: {
      double: { input: z.strictObject({ n: z.int() }), output: z.int() },
      later: { input: nothing, output: z.string() },
      refuse: { input: nothing, output: nothing },
      break: { input: nothing, output: nothing },
      fault: {
        input: z.strictObject({ kind: z.enum(['type', 'zod', 'system']) }),
        output: nothing,
      },
    },
    events: {},
  });
  const faults: string[] = [];
  const dispatch = createDispatch(
    contract,
    {
      double: ({ n }) => 2 * n,
      later: () => Promise.resolve('now'),
      refuse: () => {
        throw new ContractError('Not today.');
      },
      break: () => Promise.reject(new Error('oops')),
      fault: ({ kind }) => {
        if (kind === 'type')
          throw new TypeError("Cannot read properties of undefined (reading 'x')");
        if (kind === 'zod') return z.parse(nothing, { n: 1 });
        return accessSync('/nowhere/at all') ?? null;
      },
    },
    (call) => faults.push(call),
  );

  it('answers a fault of the program with a sentence, and keeps its words for the log', () => {
    for (const kind of ['type', 'zod']) {
      expect(dispatch({ id: 9, call: 'fault', input: { kind } }, undefined)).toEqual({
        id: 9,
        error: expect.stringMatching(/^That failed because of a fault in Holdfast itself/),
      });
    }
    expect(dispatch({ id: 9, call: 'fault', input: { kind: 'system' } }, undefined)).toEqual({
      id: 9,
      error: expect.stringMatching(/^That failed: the system says ENOENT/),
    });
    expect(faults.splice(0)).toEqual(['fault', 'fault', 'fault']);
  });

  it('answers at once what is known at once', () => {
    expect(dispatch({ id: 1, call: 'double', input: { n: 4 } }, undefined)).toEqual({
      id: 1,
      ok: 8,
    });
  });
  it('refuses what is not in the contract, inherited names included', () => {
    for (const call of ['triple', 'toString', '__proto__', 'constructor']) {
      expect(dispatch({ id: 2, call }, undefined)).toMatchObject({
        error: expect.stringMatching(/knows no call/),
      });
    }
  });
  it('refuses input that does not fit', () => {
    for (const input of [undefined, { n: 'x' }, { n: 1, m: 2 }]) {
      expect(dispatch({ id: 3, call: 'double', input }, undefined)).toMatchObject({
        error: expect.stringMatching(/asked wrongly/),
      });
    }
  });
  it('passes sentences on and tells of faults', async () => {
    expect(dispatch({ id: 4, call: 'refuse' }, undefined)).toEqual({ id: 4, error: 'Not today.' });
    expect(await dispatch({ id: 5, call: 'break' }, undefined)).toEqual({ id: 5, error: 'oops' });
    expect(await dispatch({ id: 6, call: 'later' }, undefined)).toEqual({ id: 6, ok: 'now' });
    expect(faults).toEqual(['break']);
  });
});

describe('lifetime', () => {
  it('ends after an uninterrupted time without anything to keep', () => {
    const timers = new Set<() => void>();
    let busy = true;
    let ended = 0;
    const life = createLifetime({
      clock: {
        now: () => 0,
        after: (_, callback) => {
          timers.add(callback);
          return () => timers.delete(callback);
        },
      },
      idleMs: 10,
      busy: () => busy,
      end: () => {
        ended += 1;
      },
    });
    const ring = (): void => {
      for (const timer of [...timers]) {
        timers.delete(timer);
        timer();
      }
    };
    life.check();
    expect(timers.size).toBe(0);
    busy = false;
    life.check();
    life.check();
    expect(timers.size).toBe(1);
    busy = true;
    life.check();
    expect(timers.size).toBe(0);
    busy = false;
    life.check();
    busy = true;
    ring();
    expect(ended).toBe(0);
    busy = false;
    life.check();
    ring();
    expect(ended).toBe(1);
  });
});

describe('log', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hf-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is private, rotated and limited in its rate', () => {
    const file = path.join(folder, 'a', 'watcher.log');
    let at = 0;
    const log = createLog(file, { maxBytes: 2_000, clock: { ...systemClock, now: () => at } });
    log.debug('not shown');
    for (let line = 0; line < 1_000; line += 1) log.info(`line ${line}`);
    // Windows has no modes.
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.2`)).toBe(true);
    expect(existsSync(`${file}.3`)).toBe(false);
    for (const name of [file, `${file}.1`, `${file}.2`]) {
      expect(statSync(name).size).toBeLessThanOrEqual(2_000);
    }
    at = 10_000;
    log.warn('after a while');
    const newest = [`${file}.1`, file].map((name) => readFileSync(name, 'utf8')).join('');
    expect(newest).toMatch(/800 lines were left out.*\n.*after a while/);
    expect(log.problem()).toBeUndefined();
    log.close();
  });

  it('goes on when the wall clock is set back an hour', () => {
    const file = path.join(folder, 'watcher.log');
    let at = 0;
    let wall = Date.parse('2026-05-01T12:00:00Z');
    const clock = { ...systemClock, now: () => at };
    const log = createLog(file, { clock, now: () => wall });
    for (let line = 0; line < 150; line += 1) log.info('before');
    wall -= 3_600_000;
    for (let line = 0; line < 100; line += 1) {
      at += 100;
      log.info('after');
    }
    expect(readFileSync(file, 'utf8').match(/2026-05-01T11:.* after/g)).toHaveLength(100);
    log.close();
  });

  it('keeps secrets out', () => {
    const file = path.join(folder, 'watcher.log');
    const log = createLog(file);
    log.error('answered: https://me:pw@host/?token=abc');
    expect(readFileSync(file, 'utf8')).toMatch(/https:\/\/\[hidden\]@host\/\?token=\[hidden\]/);
    log.close();
  });

  it.skipIf(process.platform === 'win32')(
    'is written where its name is, and through no link',
    () => {
      const file = path.join(folder, 'watcher.log');
      const log = createLog(file);
      log.info('one');
      renameSync(file, `${file}.taken`);
      log.info('two');
      expect(readFileSync(file, 'utf8')).toMatch(/two/);
      rmSync(file);
      log.info('three');
      expect(readFileSync(file, 'utf8')).toMatch(/three/);
      const other = path.join(folder, 'other');
      writeFileSync(other, 'precious');
      rmSync(file);
      symlinkSync(other, file);
      log.info('four');
      expect(readFileSync(other, 'utf8')).toBe('precious');
      expect(log.problem()?.message).toMatch(/can't write its log/);
      log.close();
    },
  );

  it('tells when it cannot be written, and when it can again', () => {
    const file = path.join(folder, 'watcher.log');
    mkdirSync(file);
    let told = 0;
    const log = createLog(file, { onProblem: () => (told += 1) });
    log.info('one');
    log.info('two');
    expect(log.problem()?.message).toMatch(/can't write its log/);
    rmSync(file, { recursive: true });
    log.info('three');
    expect(log.problem()).toBeUndefined();
    expect(told).toBe(2);
    log.close();
  });
});

describe('options', () => {
  it('are read or refused with a sentence', () => {
    expect(parseOptions(['--state', '/s', '--succeed'])).toMatchObject({
      state: '/s',
      succeed: true,
    });
    expect(parseOptions(['--state', '/s', '--idle-ms', '7'])).toMatchObject({ idleMs: 7 });
    expect(parseOptions([])).toMatch(/--state must name/);
    expect(parseOptions(['--state', '/s', '--idle-ms', 'x'])).toMatch(/number/);
    expect(parseOptions(['--state', '/s', 'x'])).toMatch(/x is not an option/);
  });
});

describe('rights', () => {
  it('are refused with a sentence when they are raised, and only then', () => {
    expect(raisedRights(() => true)).toContain('start Holdfast without raised rights');
    expect(raisedRights()).toBeUndefined();
  });
});

describe('subscriptions', () => {
  it('gives a slow client the whole state, right after one missed patch and a gap after more', () => {
    for (const missed of [1, 2]) {
      const publisher = createPublisher<{ n: number; keep: string }>({ n: 0, keep: 'k' });
      const received: Patch[] = [];
      let slow = false;
      let caughtUp: () => void = () => {};
      const connection: Connection = {
        id: 1,
        event: (_, patch) => {
          if (!slow) received.push(z.parse(z.any(), patch));
          return !slow;
        },
        onCaughtUp: (listener) => {
          caughtUp = listener;
        },
        onClose: () => {},
        end: () => {},
      };
      const subscriptions = createSubscriptions(publisher);
      subscriptions.add(connection);
      subscriptions.add(connection);
      const mirror = publisher.snapshot();
      slow = true;
      for (let n = 1; n <= missed; n += 1) publisher.publish({ n, keep: 'k' });
      slow = false;
      caughtUp();
      expect(received).toHaveLength(1);
      const parse = z.strictObject({ n: z.int(), keep: z.string() });
      const patch = received[0];
      const next = patch && followPatch(mirror, patch, (state) => z.parse(parse, state));
      expect(next).toEqual(missed === 1 ? { revision: 1, state: { n: 1, keep: 'k' } } : 'gap');
    }
  });
});

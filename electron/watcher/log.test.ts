import {
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
import { systemClock } from '../process/index.ts';
import { createLog } from './log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the watcher’s log', () => {
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

  it('goes on when the wall clock is set back an hour [R52]', () => {
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
});

describe('the watcher’s log on the disk', () => {
  it.skipIf(process.platform === 'win32')(
    'is written to the file that has its name now, and through no link',
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

  it('reports when it can’t be written, and when it can again', () => {
    const file = path.join(folder, 'watcher.log');
    mkdirSync(file);
    let problems = 0;
    const log = createLog(file, { onProblem: () => (problems += 1) });
    log.info('one');
    log.info('two');
    expect(log.problem()?.message).toMatch(/can't write its log/);
    rmSync(file, { recursive: true });
    log.info('three');
    expect(log.problem()).toBeUndefined();
    expect(problems).toBe(2);
    log.close();
  });
});

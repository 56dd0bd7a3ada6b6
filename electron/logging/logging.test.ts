import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLog } from './logging.ts';

describe('the log', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'holdfast-log-'));
    file = path.join(folder, 'app.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is for its user alone, dated, and free of secrets', () => {
    const log = createLog({ folder, echo: false });
    log.warn('token=abc was refused');
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^\d{4}-\d\d-\d\dT\S+ warn token=\[hidden\] was refused\n$/);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('shows a terminal the sentence of an error, and keeps the stack for the file', () => {
    const shown = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    createLog({ folder, echo: true }).warn(
      'It failed: Error: hung up\n    at a (b.js:1)\n    at c',
    );
    expect(shown.mock.calls).toEqual([['warn: It failed: Error: hung up\n']]);
    expect(readFileSync(file, 'utf8')).toContain('at a (b.js:1)');
    shown.mockRestore();
  });

  test('keeps the previous run', () => {
    createLog({ folder, echo: false }).info('first run');
    createLog({ folder, echo: false }).info('second run');
    expect(readFileSync(`${file}.1`, 'utf8')).toContain('first run');
    expect(readFileSync(file, 'utf8')).not.toContain('first run');
    expect(readFileSync(file, 'utf8')).toContain('second run');
  });

  test('is rotated when it has grown', () => {
    const log = createLog({ folder, echo: false });
    const line = 'x'.repeat(16_000);
    for (let count = 0; count < 200; count += 1) log.info(line);
    expect(statSync(file).size).toBeLessThan(2.1 * 1024 * 1024);
    expect(statSync(`${file}.1`).size).toBeGreaterThan(1024 * 1024);
  });

  test('goes on in its file, and says nothing of it, when the terminal is closed [R138]', async () => {
    const script = `
      const { createLog, logUncaught } = await import(${JSON.stringify(import.meta.resolve('./logging.ts'))});
      const log = createLog({ folder: ${JSON.stringify(folder)}, echo: true });
      logUncaught(log);
      log.info('before');
      process.stdout.once('close', () => setImmediate(() => {
        log.info('last');
        process.exit(0);
      }));
      process.stdin.once('data', () => log.info('first after'));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.write('closed\n');
    await once(child, 'exit');
    const said = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\S+ /, ''));
    expect(said).toEqual(['info before', 'info first after', 'info last']);
  });
});

/** The command line: what it understands, and what it does with a real watcher. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, createBench } from '../watcher/test-bench.ts';
import { defaultStateFolder, parseArguments } from './arguments.ts';

describe('arguments', () => {
  const env = { HOME: '/home/u' };
  it('are understood', () => {
    expect(parseArguments(['status', '--json'], env)).toEqual({
      command: { name: 'status', json: true },
      state: '/home/u/.config/Holdfast',
    });
    expect(parseArguments(['--user-data-dir=/d', 'logs', 'ref', '-f'], env)).toEqual({
      command: { name: 'logs', id: 'ref', follow: true },
      state: '/d',
    });
    expect(parseArguments(['start', 'ref', '--user-data-dir', '/d'], env)).toMatchObject({
      state: '/d',
    });
  });
  it('are refused with a sentence', () => {
    expect(parseArguments([], env)).toMatch(/Say what to do/);
    expect(parseArguments(['frob'], env)).toMatch(/no command "frob"/);
    expect(parseArguments(['toString'], env)).toMatch(/no command "toString"/);
    expect(parseArguments(['stop'], env)).toMatch(/Which gateway/);
    expect(parseArguments(['stop', 'a', '-f'], env)).toMatch(/does not understand -f/);
    expect(parseArguments(['status', '--user-data-dir'], env)).toMatch(/needs a folder/);
  });
  it('know every system’s place', () => {
    expect(defaultStateFolder('linux', { HOME: '/h', XDG_CONFIG_HOME: '/x' })).toBe('/x/Holdfast');
    expect(defaultStateFolder('darwin', { HOME: '/h' })).toBe(
      '/h/Library/Application Support/Holdfast',
    );
  });
});

describe('commands', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await createBench();
  });
  afterEach(() => bench.sweep());

  function holdfast(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    return new Promise((resolve) => {
      const main = path.join(import.meta.dirname, 'main.ts');
      const child = spawn(process.execPath, [main, '--user-data-dir', bench.state.root, ...args], {
        env: { ...process.env, NODE_NO_WARNINGS: '1' },
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk) => {
        out += String(chunk);
      });
      child.stderr.on('data', (chunk) => {
        err += String(chunk);
      });
      child.on('close', (code) => resolve({ code, out, err }));
    });
  }

  it('stop, start, show and read a gateway', async () => {
    await bench.serve();
    await bench.running(await bench.client());
    expect(await holdfast('stop', 'ref')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/stopped/),
    });
    expect(await holdfast('start', 'ref')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/running/),
    });
    const status = await holdfast('status', '--json');
    expect(JSON.parse(status.out)).toMatchObject({ gateways: { ref: { desired: 'running' } } });
    expect(await holdfast('logs', 'ref')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/ready on/),
    });
    expect(await holdfast('stop', 'nobody')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no gateway called/),
    });
    expect(await holdfast('frob')).toMatchObject({ code: 2, err: expect.stringMatching(/Usage/) });
    await bench.finish();
  });
});

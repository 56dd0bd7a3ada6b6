/** `holdfast top`: what gateways use, from a real watcher, and the table alone. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cliExit } from '../contract/exit-codes.ts';
import type { UsageSample } from '../contract/usage-call.ts';
import { gateway, running } from '../testing/app-states.ts';
import { runHoldfast } from '../testing/command-line.ts';
import { type Bench, createBench } from '../testing/watcher-bench.ts';
import { measured, top, topLines } from './top.ts';

const plain = (width: number | null) => ({ width, paint: (_: unknown, text: string) => text });

describe('the table', () => {
  const sample = (at: number, usedMs: number): UsageSample => ({
    at,
    gateways: {
      small: { memory: 5_000_000, usedMs, processes: 1 },
      large: { memory: 1_400_000_000, usedMs: 10, processes: 12 },
    },
  });
  const gateways = {
    off: gateway('off', { status: 'stopped' }),
    small: gateway('small', running),
    large: gateway('large', running),
  };

  it('begins with what uses most, and leaves empty what is not measured', () => {
    const found = measured({ gateways }, sample(0, 0), sample(2_000, 500));
    expect(topLines(found, plain(null), 60_000).map((line) => line.replace(/ +/g, ' '))).toEqual([
      expect.stringMatching(/^NAME ID STATE MEMORY CPU PROCESSES/),
      expect.stringMatching(/^Gateway large large Running 1\.4 GB 0 % 12/),
      expect.stringMatching(/^Gateway small small Running 5 MB 25 % 1/),
      expect.stringMatching(/^Gateway off off Stopped$/),
    ]);
  });

  it('keeps memory and processor on the narrowest terminal', () => {
    const found = measured({ gateways }, sample(0, 0), sample(2_000, 500));
    for (const line of topLines(found, plain(40), 60_000)) {
      expect(line.length).toBeLessThanOrEqual(40);
    }
    expect(topLines(found, plain(40), 60_000)[1]).toMatch(/1\.4 GB +0 %$/);
  });
});

describe('with a watcher', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await createBench();
  });
  afterEach(() => bench.sweep());

  it('measures once in a pipe and as JSON, without a nonce', async () => {
    await bench.serve();
    await bench.running(await bench.client('cli'));
    const table = await runHoldfast(bench.state.root, ['top']);
    expect(table.code).toBe(cliExit.ok);
    expect(table.out).toMatch(/Reference .* MB +\d/);
    const { out, code } = await runHoldfast(bench.state.root, ['top', '--json']);
    expect(code).toBe(cliExit.ok);
    expect(out).not.toContain('nonce');
    const [ref] = JSON.parse(out).gateways;
    expect(ref).toMatchObject({ id: 'ref', state: 'running' });
    expect(ref.memory).toBeGreaterThan(10_000_000);
    expect(ref.cpu).toBeGreaterThanOrEqual(0);
  });

  it('renews the table on a terminal until it is ended, and leaves the screen as it was', async () => {
    await bench.serve();
    const ended = new AbortController();
    let written = '';
    const write = (text: string): void => {
      written += text;
      // The second table.
      if (written.split('NAME').length > 2) ended.abort();
    };
    const { signal } = ended;
    await top(bench.state, { json: false }, { terminal: plain(80), write, signal });
    expect(written.startsWith('\u001b[?1049h')).toBe(true);
    expect(written.endsWith('\u001b[?1049l')).toBe(true);
  });

  it('says that nothing measures where no watcher runs, and starts none', async () => {
    const { code, err } = await runHoldfast(bench.state.root, ['top']);
    expect(code).toBe(cliExit.unwatched);
    expect(err).toContain('does not run');
  });
});

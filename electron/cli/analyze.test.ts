/** Why a start took so long, from events as they are written and from a real start. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../contract/events.ts';
import { analysisOf } from '../contract/start-analysis.ts';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import { runHoldfast } from '../testing/command-line.ts';
import { type Bench, createBench, until } from '../testing/watcher-bench.ts';

let seq = 0;
const event = (kind: string, more: Partial<GatewayEvent> = {}): GatewayEvent => {
  seq += 1;
  return { seq, at: seq * 1_000, kind, ...more };
};
const good = (answerMs: number, tookMs: number): GatewayEvent[] => [
  event('started', { why: 'user' }),
  event('ready', { tookMs, marks: { outputMs: 100, openMs: 200, answerMs } }),
  event('ended'),
];

describe('an analysis', () => {
  it('sets the newest start beside the good ones before it, and names the slowest step', () => {
    const failed = [event('started', { why: 'crash' }), event('ended')];
    const events = [...good(300, 310), ...good(500, 510), ...good(400, 410), ...failed];
    const { start, usual, slowest } = analysisOf([...events, ...good(5_200, 5_300)]);
    expect(start).toMatchObject({
      why: 'user',
      steps: { output: 100, open: 200, answer: 5_200, ready: 5_300 },
    });
    expect(usual).toEqual({ output: 100, open: 200, answer: 400, ready: 410 });
    expect(slowest).toEqual({ step: 'answer', ms: 5_000, usualMs: 200 });
  });

  it('of a start that is not ready, or that an earlier version wrote, says what is known', () => {
    expect(analysisOf([])).toEqual({ start: null, usual: null, slowest: null });
    const { start, slowest } = analysisOf([...good(300, 310), event('started')]);
    expect(start?.steps.ready).toBeNull();
    expect(slowest).toBeNull();
    const old = analysisOf([event('started'), event('ready', { tookMs: 70 })]);
    expect(old.slowest).toEqual({ step: 'ready', ms: 70, usualMs: null });
    // What was taken over was not started by this watcher.
    expect(analysisOf([event('adopted'), event('ready', { tookMs: 1 })]).start).toBeNull();
  });
});

describe('a real start', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await createBench();
  });
  afterEach(() => bench.sweep());

  it('that prints, listens and answers at different times leaves these marks', async () => {
    const script = path.join(bench.folder, 'slow.mjs');
    writeFileSync(
      script,
      `import { createServer } from 'node:http';
console.log('loading');
let ready = false;
createServer((_, r) => { r.statusCode = ready ? 200 : 503; r.end(); }).listen(${bench.port}, '127.0.0.1');
setTimeout(() => { ready = true; }, 600);\n`,
    );
    const { status: _s, liveness: _l, ...rest } = bench.profile;
    saveProfile(bench.state.profiles, {
      ...rest,
      program: { type: 'command', command: process.execPath, args: [script] },
      readiness: { type: 'http', path: '/' },
      update: { policy: 'keep' },
    });
    await bench.serve();
    await bench.running(await bench.client());
    await until(async () => {
      const { out } = await runHoldfast(bench.state.root, ['analyze', 'ref', '--json']);
      return JSON.parse(out).start?.steps.ready != null;
    }, 'the start to be written down');
    const { out } = await runHoldfast(bench.state.root, ['analyze', 'ref', '--json']);
    const { output, open, answer, ready } = JSON.parse(out).start.steps;
    for (const mark of [output, open, answer]) expect(mark).toBeGreaterThan(0);
    expect(open).toBeLessThanOrEqual(answer);
    expect(ready - answer).toBeGreaterThan(300);
    expect(JSON.parse(out).slowest.step).toBe('ready');
    const said = await runHoldfast(bench.state.root, ['analyze', 'ref']);
    expect(said.out).toMatch(/first answer +\d.*\n +ready +.*\nThe slowest step: until “ready”/);
    await bench.finish();
  });
});

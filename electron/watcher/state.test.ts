/** What is published, and when. */
import { expect, it } from 'vitest';
import type { GatewayView } from '../contract/gateway.ts';
import type { Patch } from '../contract/snapshot.ts';
import { handClock } from '../testing/hand-clock.ts';
import { fitViews, StateBoard } from './state.ts';

/** A board that publishes one sentence, and a clock that is moved by hand. */
function openBoard(views: () => Record<string, GatewayView> = () => ({})) {
  let sentence = 'first';
  const faults: unknown[] = [];
  const { clock, waits, pass } = handClock();
  const board = new StateBoard({
    watcher: {
      identity: { pid: 1, startedAt: 'then', nonce: '' },
      version: '1.0.0',
      buildId: '1.0.0+x',
      protocol: 1,
      startedAt: 0,
    },
    registry: () => ({ views, profileProblems: () => ({}), notices: () => [] }),
    updates: () => ({ transaction: null, receipt: null, gatewayUpdates: {} }),
    problems: () => [{ message: sentence }],
    clock,
    onFault: (error) => faults.push(error),
  });
  const patches: Patch[] = [];
  board.publisher.subscribe((patch) => patches.push(patch));
  return {
    board,
    waits,
    patches,
    faults,
    say(next: string) {
      sentence = next;
      board.touch();
    },
    passMoment: pass,
  };
}

it('makes one patch of all changes within a moment, and none when everything changed back', () => {
  const { say, passMoment, patches, waits } = openBoard();
  say('second');
  say('third');
  expect(patches).toEqual([]);
  passMoment();
  expect(patches.map(({ changes }) => changes)).toEqual([
    [{ path: ['problems'], value: [{ message: 'third' }] }],
  ]);
  say('fourth');
  say('third');
  passMoment();
  expect(patches.length).toBe(1);
  expect(waits.size).toBe(0);
});

it('publishes before an answer, and not again after it', () => {
  const { board, say, passMoment, patches, waits } = openBoard();
  say('second');
  board.flush();
  expect(board.publisher.snapshot()).toMatchObject({
    revision: 1,
    state: { problems: [{ message: 'second' }] },
  });
  expect(waits.size).toBe(0);
  passMoment();
  board.flush();
  expect(patches.length).toBe(1);
});

const view = (id: string, report?: GatewayView['report']): GatewayView => ({
  id,
  name: id,
  policy: 'keep',
  desired: 'running',
  state: { status: 'stopped' },
  restarts: 0,
  logFile: '/log',
  ...(report && { report }),
});

it('publishes the other gateways while one has a report that can’t be published [R26]', () => {
  let restarts = 0;
  let busy = 1;
  const { board, passMoment, patches, faults } = openBoard(() => ({
    bad: view('bad', { busy, parts: [] }),
    good: { ...view('good'), restarts },
  }));
  for (const odd of [1e300, Number.POSITIVE_INFINITY, Number.NaN]) {
    busy = odd;
    restarts += 1;
    board.touch();
    passMoment();
    const { gateways } = board.publisher.snapshot().state;
    expect(gateways.good?.restarts).toBe(restarts);
    expect(gateways.bad?.report?.reason).toContain("can't be shown");
  }
  expect(patches).toHaveLength(3);
  busy = 2;
  board.touch();
  passMoment();
  expect(board.publisher.snapshot().state.gateways.bad?.report).toEqual({ busy: 2, parts: [] });
  expect(faults).toEqual([]);
});

it('publishes its other parts when one of them fails, and goes on when a listener does', () => {
  let broken = false;
  const { board, say, passMoment, faults } = openBoard(() => {
    if (broken) throw new TypeError('no views');
    return { good: view('good') };
  });
  const heard: number[] = [];
  board.publisher.subscribe(() => {
    throw new Error('deaf');
  });
  board.publisher.subscribe(({ revision }) => heard.push(revision));
  broken = true;
  say('second');
  passMoment();
  broken = false;
  say('third');
  passMoment();
  expect(heard).toEqual([1, 2]);
  expect(board.publisher.snapshot().state).toMatchObject({
    gateways: { good: { id: 'good' } },
    problems: [{ message: 'third' }],
  });
  expect(faults.map(String)).toEqual(['TypeError: no views', 'Error: deaf', 'Error: deaf']);
});

it('leaves out the longest reports when all together are too long for a frame', () => {
  const views = {
    long: view('long', { reason: 'x'.repeat(5_000), parts: [] }),
    short: view('short', { reason: 'y', parts: [] }),
  };
  expect(fitViews(views, 10_000)).toBe(views);
  const fitted = fitViews(views, 2_000);
  expect(fitted.long?.report?.reason).toMatch(/^Its report was left out/);
  expect(fitted.short).toBe(views.short);
});

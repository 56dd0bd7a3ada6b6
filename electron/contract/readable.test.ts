/** One part of a state that can't be read takes none of the others with it. */
import { describe, expect, test } from 'vitest';
import type { GatewayView } from './gateway.ts';
import { readView } from './readable.ts';
import { readWatcherState } from './watcher-contract.ts';

const identity = { pid: 4711, startedAt: '1', nonce: '' };
const view = (id: string): GatewayView => ({
  id,
  name: `Gateway ${id}`,
  policy: 'keep',
  desired: 'running',
  state: {
    status: 'running',
    identity,
    startedAt: 1,
    adopted: false,
    readyAt: 2,
    proof: 'verified',
  },
  restarts: 0,
  logFile: `/logs/${id}.log`,
});
const watcher = {
  identity,
  version: '1.0.0',
  buildId: '1.0.0+a',
  protocol: 1,
  startedAt: 0,
  escape: null,
};

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let n = 0; n < depth; n += 1) value = [value];
  return value;
}

const reports: [string, unknown][] = [
  ['a number that is too large', { busy: 1e300, parts: [] }],
  ['infinity', { busy: Number.POSITIVE_INFINITY, parts: [] }],
  ['no number', { busy: Number.NaN, parts: [] }],
  ['a number where words belong', { state: 7, parts: [] }],
  ['nothing where parts belong', { parts: undefined }],
  ['15,000 arrays in one another', nested(15_000)],
  ['a value that JSON has no word for', { busy: 1n, parts: [] }],
  ['words without end', { reason: 'x'.repeat(1024 * 1024), parts: [] }],
];

describe('a gateway that reports', () => {
  test.each(reports)(
    '%s is shown without its report, and the others as they are [R26]',
    (_, report) => {
      const state = readWatcherState({
        watcher,
        gateways: { bad: { ...view('bad'), report }, good: view('good') },
        profileProblems: {},
        problems: [],
        transaction: null,
        receipt: null,
      });
      expect(state.gateways.good).toEqual(view('good'));
      expect(state.gateways.bad).toMatchObject(view('bad'));
      expect(state.gateways.bad?.report?.reason).toMatch(/^What it reports can't be shown \(/);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    },
  );

  test('a state that this version does not know is that gateway’s failure alone', () => {
    const read = readView('new', { ...view('new'), state: { status: 'meditating' } });
    expect(read).toMatchObject({
      name: 'Gateway new',
      state: { status: 'failed', problem: { message: expect.stringContaining('state') } },
    });
    expect(readView('odd', nested(15_000))).toMatchObject({ id: 'odd', name: 'odd' });
  });
});

test('an update, a receipt or a problem that can’t be read is said, and the rest is read', () => {
  const state = readWatcherState({
    watcher,
    gateways: { good: view('good') },
    profileProblems: { 'a.json': { message: 'It is broken.' }, 'b.json': 7 },
    problems: [{ message: 'The disk is full.' }, { hint: 1 }],
    transaction: { phase: 'dreaming' },
    receipt: 'none',
  });
  expect(state).toMatchObject({
    transaction: null,
    receipt: null,
    gateways: { good: view('good') },
  });
  expect(state.profileProblems).toEqual({ 'a.json': { message: 'It is broken.' } });
  expect(state.problems.map(({ message }) => message)).toEqual([
    'The disk is full.',
    expect.stringMatching(/one of its problems can't be shown/),
    expect.stringMatching(/the profile b.json can't be shown/),
    expect.stringMatching(/the update that is under way can't be shown/),
    expect.stringMatching(/the last update can't be shown/),
  ]);
});

test('a view that was read once comes by again as the same one', () => {
  const first = readView('a', view('a'));
  expect(readView('a', first)).toBe(first);
});

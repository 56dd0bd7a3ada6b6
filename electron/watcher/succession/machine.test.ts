import { expect, it } from 'vitest';
import { deadlineLimits, type Succession, successionStep } from './machine.ts';

const successor = { pid: 7, startedAt: 'x', nonce: '' };
const offered = {
  type: 'offered',
  successor,
  buildId: 'b',
  deadlineMs: 1_000,
  objection: null,
} as const;
const serving: Succession = { status: 'serving' };
const handing: Succession = { status: 'handing', successor, buildId: 'b' };
const types = (step: { effects: readonly { type: string }[] }) =>
  step.effects.map(({ type }) => type);

it('freezes before it gives up the lock, and then watches the successor', () => {
  const step = successionStep(serving, offered);
  expect(step.state).toEqual(handing);
  expect(types(step)).toEqual(['freeze', 'release-lock', 'watch']);
});

it('refuses when there is an objection', () => {
  const step = successionStep(serving, { ...offered, objection: 'an update' });
  expect(step).toEqual({ state: serving, effects: [] });
});

it('grants neither too little nor too much time', () => {
  for (const [asked, granted] of [
    [0, deadlineLimits.least],
    [1e9, deadlineLimits.most],
    [1_000, 1_000],
  ] as const) {
    const { effects } = successionStep(serving, { ...offered, deadlineMs: asked });
    expect(effects.at(-1)).toMatchObject({ type: 'watch', deadlineMs: granted });
  }
});

it('ends once the successor serves', () => {
  const step = successionStep(handing, { type: 'done' });
  expect(step.state.status).toBe('ended');
  expect(types(step)).toEqual(['unwatch', 'announce', 'end']);
});

it('ends a successor that is late before it takes the lock', () => {
  const step = successionStep(handing, { type: 'deadline' });
  expect(types(step)).toEqual(['unwatch', 'end-successor', 'take-lock']);
});

it('takes the lock back when the successor ended, and serves again', () => {
  const back = successionStep(handing, { type: 'successor-ended' });
  expect(types(back)).toEqual(['unwatch', 'take-lock']);
  const again = successionStep(back.state, { type: 'locked' });
  expect(again).toEqual({ state: serving, effects: [{ type: 'thaw' }] });
});

it('ignores a late "done"', () => {
  const back = successionStep(handing, { type: 'deadline' }).state;
  expect(successionStep(back, { type: 'done' })).toEqual({ state: back, effects: [] });
});

it('ends when another watcher keeps the lock', () => {
  let state = successionStep(handing, { type: 'successor-ended' }).state;
  let steps = 0;
  for (; state.status === 'taking-back'; steps += 1) {
    state = successionStep(state, { type: 'lock-busy' }).state;
  }
  expect(state.status).toBe('ended');
  expect(steps).toBeGreaterThan(100);
});

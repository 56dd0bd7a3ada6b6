/** What follows from the journal of a gateway's update that a killed watcher has left. */
import { expect, it } from 'vitest';
import type { TransactionEvent } from '../../transaction/events.ts';
import type { GatewayPlan } from '../../transaction/gateway-plan.ts';
import { initialState, nextStep, reduceUpdate, termsOf } from './machine.ts';

const watcher = { pid: 7, startedAt: '7', nonce: '' };
const plan: GatewayPlan = {
  schema: 1,
  attempt: '0000000000001-0a1b2c3d',
  createdAt: 0,
  gateway: 'g',
  fromVersion: null,
  newestVersion: null,
  gateways: [
    {
      id: 'g',
      profileHash: '',
      policy: 'keep',
      wasRunning: true,
      wanted: true,
      identity: watcher,
      build: null,
    },
  ],
  soakMs: 0,
  confirmMs: null,
};
const armed: TransactionEvent = { type: 'armed', watcher, escape: null };
const problem = { message: 'No room.' };

function stepAfter(...events: readonly TransactionEvent[]) {
  const state = events.reduce(
    (so, event, at) => reduceUpdate(plan)(so, { seq: at + 1, token: 1, at, event }),
    initialState(plan),
  );
  return nextStep(termsOf(plan), state);
}

it('a rehearsal that failed turns the update back, and nothing is stopped [R118]', () => {
  const rehearsed: TransactionEvent = { type: 'rehearsed', id: 'g', problem, detail: '' };
  expect(stepAfter(armed, rehearsed)).toEqual({ do: 'turn-back', problem });
});

it('a check that failed turns the update back, and nothing is tried or stopped [R126]', () => {
  const checked: TransactionEvent = { type: 'checked', problem, detail: '' };
  expect(stepAfter(armed)).toEqual({ do: 'check' });
  expect(stepAfter(armed, checked)).toEqual({ do: 'turn-back', problem });
  const back: TransactionEvent = { type: 'put-back', problem, byApp: false };
  expect(stepAfter(armed, checked, back)).toEqual({ do: 'finish', outcome: 'put-back' });
});

it.each([
  [true, 'restore'],
  [false, 'undo'],
])(
  'a command that says it began nothing (%s): the next step back is %s [R126]',
  (unchanged, step) => {
    const own = {
      outcome: 'refused',
      good: false,
      unchanged,
      reason: null,
      before: null,
      after: null,
    };
    const next = stepAfter(
      armed,
      { type: 'releasing', deadline: 0 },
      { type: 'released' },
      { type: 'undo-prepared' },
      { type: 'command-started', id: 'g', nonce: 'n' },
      { type: 'command-ended', id: 'g', problem, detail: 'exit code 2', own },
      { type: 'put-back', problem, byApp: false },
    );
    expect(next.do).toBe(step);
  },
);

it('a command that failed turns the update back, also for the next watcher [R118]', () => {
  expect(
    stepAfter(
      armed,
      { type: 'rehearsed', id: 'g', problem: null, detail: '' },
      { type: 'releasing', deadline: 0 },
      { type: 'released' },
      { type: 'undo-prepared' },
      { type: 'command-started', id: 'g', nonce: 'n' },
      { type: 'command-ended', id: 'g', problem, detail: 'exit code 1' },
    ),
  ).toEqual({ do: 'turn-back', problem });
});

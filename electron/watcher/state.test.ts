/** What is published when. */
import { expect, it } from 'vitest';
import type { Patch } from '../contract/snapshot.ts';
import type { Clock } from '../process/index.ts';
import { createStateBoard } from './state.ts';

/** A board whose only truth is one sentence, and a clock that is moved by hand. */
function openBoard() {
  let sentence = 'first';
  const timers = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    after(_ms, callback) {
      timers.add(callback);
      return () => timers.delete(callback);
    },
  };
  const board = createStateBoard({
    watcher: {
      identity: { pid: 1, startedAt: 'then', nonce: '' },
      version: '1.0.0',
      buildId: '1.0.0+x',
      protocol: 1,
      startedAt: 0,
    },
    registry: () => ({ views: () => ({}), profileProblems: () => ({}), notices: () => [] }),
    carry: () => ({ carry: null, receipt: null }),
    problems: () => [{ message: sentence }],
    clock,
  });
  const patches: Patch[] = [];
  board.publisher.subscribe((patch) => patches.push(patch));
  return {
    board,
    timers,
    patches,
    say(next: string) {
      sentence = next;
      board.touch();
    },
    passMoment() {
      for (const timer of [...timers]) timer();
    },
  };
}

it('makes one patch of a moment, and none of a moment in which all came back', () => {
  const { say, passMoment, patches, timers } = openBoard();
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
  expect(timers.size).toBe(0);
});

it('publishes before an answer, and then not again', () => {
  const { board, say, passMoment, patches, timers } = openBoard();
  say('second');
  board.flush();
  expect(board.publisher.snapshot()).toMatchObject({
    revision: 1,
    state: { problems: [{ message: 'second' }] },
  });
  expect(timers.size).toBe(0);
  passMoment();
  board.flush();
  expect(patches.length).toBe(1);
});

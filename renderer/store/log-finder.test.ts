import { expect, test } from 'vitest';
import { eventually } from '../../electron/testing/eventually.ts';
import { createMockBridge } from '../test/mock-bridge.ts';
import { appState } from '../test/samples.ts';
import { LogFinder, noQuery } from './log-finder.ts';

type Handlers = NonNullable<Parameters<typeof createMockBridge>[1]>;

/** A finder whose pauses end when they are told to. */
function finderOf(handlers: Handlers) {
  const bridge = createMockBridge(appState(1_763_829_000_000), handlers);
  const waiting: (() => void)[] = [];
  const finder = new LogFinder(bridge, 'reference', (work) => {
    waiting.push(work);
    return () => waiting.splice(waiting.indexOf(work), 1);
  });
  const pass = (): void => {
    for (const work of waiting.splice(0)) work();
  };
  const asked = () => bridge.calls.map(({ input }) => input);
  return { finder, pass, asked, waiting };
}

const answer = (part: Partial<Awaited<ReturnType<NonNullable<Handlers['log.search']>>>>) => ({
  ...{ set: 'a', live: 0, whole: true, count: 0, hits: [], lines: [], end: 100 },
  ...part,
});
const text = (value: string) => ({ query: { ...noQuery, text: value } });

test('typing on asks once, and an answer to what is no longer searched for is dropped', async () => {
  let release = (): void => undefined;
  const { finder, pass, asked, waiting } = finderOf({
    'log.search': async ({ query }) => {
      if (query.text === 'er') await new Promise<void>((resolve) => (release = resolve));
      return answer({ count: query.text.length, hits: [1] });
    },
  });
  finder.change(text('e'));
  finder.change(text('er'));
  expect(waiting.length).toBe(1);
  pass();
  await eventually(() => expect(asked().length).toBe(1));
  finder.change(text('err'));
  pass();
  await eventually(() => expect(finder.getState().hits.count).toBe(3));
  release();
  await Promise.resolve();
  expect(finder.getState().hits.count).toBe(3);
});

test('as the log grows only what is new is searched, and all of it after a rotation', async () => {
  const answers = [
    answer({ count: 2, hits: [10, 20], end: 30 }),
    answer({ whole: false, count: 1, hits: [40], end: 50 }),
    answer({ set: 'b', live: 7, count: 1, hits: [5], end: 6 }),
  ];
  const { finder, pass, asked } = finderOf({
    'log.search': () => answers.shift() ?? answer({}),
  });
  finder.change(text('x'));
  pass();
  await eventually(() => expect(finder.getState().hits).toEqual({ count: 2, at: [10, 20] }));
  finder.grown();
  finder.grown();
  pass();
  await eventually(() => expect(finder.getState().hits).toEqual({ count: 3, at: [10, 20, 40] }));
  expect(asked()[1]).toMatchObject({ from: { set: 'a', at: 30 } });
  finder.grown();
  pass();
  await eventually(() => expect(finder.getState().files).toEqual({ set: 'b', live: 7 }));
  expect(finder.getState().hits).toEqual({ count: 1, at: [5] });
});

test('matching lines are asked for when only they are shown, which needs something to match', async () => {
  const { finder, pass, asked } = finderOf({
    'log.search': ({ lines }) =>
      answer({ count: 1, hits: [9], lines: lines > 0 ? [{ offset: 9, text: 'found' }] : [] }),
  });
  finder.change({ filter: true });
  expect(finder.getState()).toMatchObject({ filter: false, status: 'idle' });
  finder.change({ ...text('x'), filter: true });
  pass();
  await eventually(() => expect(finder.getState().ring.size).toBe(1));
  finder.change({ query: { ...noQuery, level: 'error' }, filter: false });
  expect(finder.getState().filter).toBe(true);
  pass();
  await eventually(() => expect(asked().length).toBe(2));
  finder.change({ query: noQuery, filter: false });
  expect(finder.getState()).toMatchObject({ filter: false, status: 'idle' });
});

test('a refusal is said, and nothing more is asked until the search is another one', async () => {
  const { finder, pass, waiting } = finderOf({
    'log.search'() {
      throw new Error('This is no regular expression: Unterminated group.');
    },
  });
  finder.change(text('('));
  pass();
  await eventually(() => expect(finder.getState().status).toBe('failed'));
  expect(finder.getState().problem).toContain('Unterminated group.');
  finder.grown();
  expect(waiting.length).toBe(0);
});

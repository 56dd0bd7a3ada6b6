import { expect, test, vi } from 'vitest';
import { eventually } from '../../electron/testing/eventually.ts';
import { createMockBridge } from '../test/mock-bridge.ts';
import { appState } from '../test/samples.ts';
import { LogFeed } from './log-feed.ts';
import { gapText } from './log-ring.ts';

const state = appState(1_763_829_000_000);

/** A feed whose frames are drawn by hand. */
function feedOf(handlers: Parameters<typeof createMockBridge>[1] = {}) {
  const bridge = createMockBridge(state, handlers);
  const frames: (() => void)[] = [];
  const feed = new LogFeed(bridge, (work) => {
    frames.push(work);
    return () => frames.splice(frames.indexOf(work), 1);
  });
  const draw = (): void => {
    for (const frame of frames.splice(0)) frame();
  };
  return { bridge, feed, frames, draw };
}

const text = (feed: LogFeed): string[] =>
  feed.getState().ring.chunks.flatMap(({ lines }) => lines.map(({ plain }) => plain));
const line = (offset: number) => ({ offset, text: `at ${offset}` });
const log = (offsets: number[], gap = false) => ({
  id: 'reference',
  gap,
  lines: offsets.map(line),
});

test('many events become one change per frame', async () => {
  const { bridge, feed, frames, draw } = feedOf();
  feed.follow('reference');
  await eventually(() => expect(feed.getState().status).toBe('live'));
  const changes = vi.fn();
  feed.subscribe(changes);
  for (let at = 1; at <= 500; at += 1) bridge.emit('log', log([at]));
  expect(frames.length).toBe(1);
  expect(changes).not.toHaveBeenCalled();
  draw();
  expect(changes).toHaveBeenCalledTimes(1);
  expect(text(feed).length).toBe(500);
  // More than a screen in one frame: nobody reads that.
  expect(feed.getState().rush).toBe(true);
  bridge.emit('log', log([501]));
  draw();
  expect(feed.getState().rush).toBe(false);
});

test('lines that arrive while the log is opened are neither lost nor doubled', async () => {
  let answer = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { bridge, feed, draw } = feedOf({
    async 'log.follow'() {
      await gate;
      return { file: '/log', lines: [line(1), line(2), line(3)] };
    },
  });
  feed.follow('reference');
  bridge.emit('log', log([2, 3, 4]));
  bridge.emit('log', log([5]));
  answer();
  await eventually(() => expect(feed.getState().status).toBe('live'));
  draw();
  expect(text(feed)).toEqual(['at 1', 'at 2', 'at 3', 'at 4', 'at 5']);
});

test('a gap is marked where it happened', async () => {
  const { bridge, feed, draw } = feedOf();
  feed.follow('reference');
  await eventually(() => expect(feed.getState().status).toBe('live'));
  bridge.emit('log', log([10]));
  bridge.emit('log', log([3], true));
  draw();
  expect(text(feed)).toEqual(['at 10', gapText(), 'at 3']);
});

test('following another log unfollows the first and ignores its late lines and answer', async () => {
  const { bridge, feed, draw } = feedOf();
  feed.follow('reference');
  feed.follow('other');
  await eventually(() => expect(feed.getState()).toMatchObject({ id: 'other', status: 'live' }));
  bridge.emit('log', log([1]));
  draw();
  expect(text(feed)).toEqual([]);
  expect(feed.getState().file).toBe('/logs/gateways/other.log');
  expect(bridge.calls).toContainEqual({ name: 'log.unfollow', input: { id: 'reference' } });
});

test('a refusal is said', async () => {
  const { feed } = feedOf({
    'log.follow'() {
      throw new Error('The log of reference can’t be read: permission denied.');
    },
  });
  feed.follow('reference');
  await eventually(() => expect(feed.getState().status).toBe('failed'));
  expect(feed.getState().error).toBe('The log of reference can’t be read: permission denied.');
});

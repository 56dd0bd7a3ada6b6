// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { appState, identity } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const esc = String.fromCharCode(27);
const line = (offset: number, text: string) => ({ offset, text });

const handlers = {
  'log.follow': () => ({
    file: '/log',
    lines: [line(1, `${esc}[31mError${esc}[0m one`), line(2, 'fine'), line(3, 'error two')],
  }),
};

test('shows lines with their colours, and new ones as they come', async () => {
  const { bridge } = await openWindow(appState(now), 'logs', handlers);
  await screen.findAllByTestId('log-line');
  expect(screen.getByTestId('log-lines').querySelector('.ansi-red')?.textContent).toBe('Error');
  bridge.emit('log', { id: 'reference', gap: true, lines: [line(9, 'after the gap')] });
  await screen.findByText(/after the gap/);
  expect(textOf('log-gap')).toContain('lines were skipped');
});

const searched = (hits: number[], count = hits.length) => ({
  'log.search': () => ({ set: 'a', live: 0, whole: true, count, hits, lines: [], end: 3 }),
});

test('the whole log is searched: how many lines match, and steps through them', async () => {
  const { sent } = await openWindow(appState(now), 'logs', {
    ...handlers,
    ...searched([1, 2, 3], 3_400),
  });
  await screen.findAllByTestId('log-line');
  fireEvent.keyDown(window, { key: 'f', ctrlKey: true });
  const box = screen.getByTestId('log-search');
  await waitFor(() => expect(document.activeElement).toBe(box));
  fireEvent.change(box, { target: { value: 'ERROR' } });
  await waitFor(() => expect(textOf('log-count')).toBe('3,400 of 3,400'));
  expect([...document.querySelectorAll('mark')].map(({ textContent }) => textContent)).toEqual([
    'Error',
    'error',
  ]);
  expect(screen.getByTestId('log-follow').getAttribute('aria-pressed')).toBe('false');
  fireEvent.keyDown(box, { key: 'Enter', shiftKey: true });
  expect(textOf('log-count')).toBe('3,399 of 3,400');
  fireEvent.keyDown(box, { key: 'Enter' });
  expect(textOf('log-count')).toBe('3,400 of 3,400');
  fireEvent.click(screen.getByTestId('log-case'));
  await waitFor(() =>
    expect(sent('log.search').at(-1)).toMatchObject({
      query: { text: 'ERROR', caseSensitive: true, regex: false, level: null },
    }),
  );
  fireEvent.keyDown(box, { key: 'Escape' });
  expect(screen.queryByTestId('log-count')).toBeNull();
});

test('a match that is not loaded is loaded with the lines around it', async () => {
  const { sent } = await openWindow(appState(now), 'logs', {
    ...handlers,
    ...searched([500, 900]),
    'log.read': ({ at, set }) => ({
      set: set === '' ? 'a' : set,
      live: 0,
      lines:
        set === '' ? [] : [line(at - 5, 'before'), line(at, `hit at ${at}`), line(at + 5, 'x')],
      atBegin: false,
      atEnd: false,
    }),
  });
  await screen.findAllByTestId('log-line');
  fireEvent.change(screen.getByTestId('log-search'), { target: { value: 'hit' } });
  const current = () => document.querySelector('.log-current')?.textContent;
  await waitFor(() => expect(current()).toContain('hit at 900'));
  fireEvent.click(screen.getByTestId('log-next'));
  await waitFor(() => expect(current()).toContain('hit at 500'));
  fireEvent.click(screen.getByTestId('log-earlier'));
  await waitFor(() => expect(sent('log.read').at(-1)).toMatchObject({ at: 495, after: 0 }));
  fireEvent.click(screen.getByTestId('log-newest'));
  await screen.findByText(/error two/);
});

test('one reads in peace: new lines are counted, and a button leads to them', async () => {
  const { bridge } = await openWindow(appState(now), 'logs', handlers);
  await screen.findAllByTestId('log-line');
  fireEvent.click(screen.getByTestId('log-follow'));
  const lines = Array.from({ length: 1_240 }, (_, at) => line(10 + at, `new ${at}`));
  const before = screen.getByTestId('log-lines').textContent;
  bridge.emit('log', { id: 'reference', gap: false, lines });
  await waitFor(() => expect(textOf('log-newest')).toBe('1,240 new lines'));
  expect(screen.getByTestId('log-lines').textContent).toBe(before);
  fireEvent.click(screen.getByTestId('log-newest'));
  await screen.findByText(/new 1239/);
  expect(screen.queryByTestId('log-newest')).toBeNull();
});

test('only what matches is shown, by text or by level, and the count says of how many', async () => {
  const found = [line(1, 'Error one'), line(3, 'error two')];
  const { sent } = await openWindow(appState(now), 'logs', {
    ...handlers,
    'log.search': ({ lines }) => ({
      ...{ set: 'a', live: 0, whole: true, count: 7, hits: [1, 3], end: 3 },
      lines: lines > 0 ? found : [],
    }),
  });
  await screen.findAllByTestId('log-line');
  fireEvent.change(screen.getByTestId('log-level'), { target: { value: 'error' } });
  await waitFor(() => expect(screen.getAllByTestId('log-line').length).toBe(2));
  expect(textOf('logs')).toContain('The newest 2 of 7 matching lines are shown.');
  expect(sent('log.search').at(-1)).toMatchObject({ query: { level: 'error' }, lines: 5_000 });
  fireEvent.change(screen.getByTestId('log-level'), { target: { value: 'all' } });
  await waitFor(() => expect(screen.getAllByTestId('log-line').length).toBe(3));
  fireEvent.change(screen.getByTestId('log-search'), { target: { value: 'err' } });
  fireEvent.click(screen.getByTestId('log-filter'));
  await waitFor(() => expect(screen.getAllByTestId('log-line').length).toBe(2));
});

test('an expression that is none is said where it is typed', async () => {
  await openWindow(appState(now), 'logs', {
    ...handlers,
    'log.search'() {
      throw new Error('This is no regular expression: Unterminated group.');
    },
  });
  await screen.findAllByTestId('log-line');
  fireEvent.click(screen.getByTestId('log-regex'));
  fireEvent.change(screen.getByTestId('log-search'), { target: { value: '(' } });
  await waitFor(() => expect(textOf('log-problem')).toContain('Unterminated group.'));
  expect(screen.getByTestId('log-search').getAttribute('aria-invalid')).toBe('true');
});

test('each line has its time, from itself or from when it came, unless that is switched off', async () => {
  const { bridge } = await openWindow(appState(now), 'logs', {
    'log.follow': () => ({
      file: '/log',
      lines: [line(1, '2026-11-30T14:02:31.123Z said'), line(2, 'unknown')],
    }),
  });
  await screen.findAllByTestId('log-line');
  const times = () => document.querySelectorAll('time.log-time').length;
  expect(times()).toBe(1);
  bridge.emit('log', { id: 'reference', gap: false, lines: [line(3, 'received')] });
  await waitFor(() => expect(times()).toBe(2));
  fireEvent.click(screen.getByTestId('log-times'));
  expect(times()).toBe(0);
});

test('a link asks the app, and JSON is laid out on a click', async () => {
  const { sent } = await openWindow(appState(now), 'logs', {
    'log.follow': () => ({
      file: '/log',
      lines: [line(1, 'open http://127.0.0.1:80/x.'), line(2, '{"a":{"b":1}}')],
    }),
  });
  const link = await screen.findByTestId('log-link');
  expect(link.textContent).toBe('http://127.0.0.1:80/x');
  fireEvent.click(link);
  await waitFor(() => expect(sent('log.openLink')).toEqual([{ address: 'http://127.0.0.1:80/x' }]));
  fireEvent.click(screen.getByTestId('log-unfold'));
  expect(textOf('log-tree')).toContain('{\n  "a": {\n    "b": 1\n  }\n}');
  fireEvent.click(screen.getByTestId('log-unfold'));
  expect(screen.queryByTestId('log-tree')).toBeNull();
});

test('lines are chosen by keys, and their links are then reached by Tab', async () => {
  await openWindow(appState(now), 'logs', {
    'log.follow': () => ({
      file: '/log',
      lines: [line(1, 'see http://a.example/1'), line(2, 'see http://a.example/2')],
    }),
  });
  const links = await screen.findAllByTestId('log-link');
  const stops = () => links.map(({ tabIndex }) => tabIndex);
  expect(stops()).toEqual([-1, -1]);
  const box = screen.getByTestId('log-lines');
  // jsdom lays nothing out: say what is in sight.
  const [first] = screen.getAllByTestId('log-line');
  if (first) first.getBoundingClientRect = () => new DOMRect(0, 0, 100, 18);
  fireEvent.keyDown(box, { key: 'ArrowDown', altKey: true });
  expect(stops()).toEqual([0, -1]);
  fireEvent.keyDown(box, { key: 'ArrowDown', altKey: true });
  expect(stops()).toEqual([-1, 0]);
  fireEvent.keyDown(box, { key: 'ArrowDown', altKey: true });
  fireEvent.keyDown(box, { key: 'ArrowUp', altKey: true });
  expect(stops()).toEqual([0, -1]);
});

test('clearing empties the view alone, says so, and can be undone', async () => {
  const { bridge, sent } = await openWindow(appState(now), 'logs', handlers);
  await screen.findAllByTestId('log-line');
  fireEvent.click(screen.getByTestId('log-clear'));
  await screen.findByTestId('logs-cleared');
  expect(textOf('toasts')).toContain('The log file keeps its lines.');
  bridge.emit('log', { id: 'reference', gap: false, lines: [line(9, 'later')] });
  await waitFor(() => expect(screen.getAllByTestId('log-line').length).toBe(1));
  fireEvent.click(screen.getByTestId('toast-action'));
  await waitFor(() => expect(sent('log.follow').length).toBe(2));
  await waitFor(() => expect(screen.getAllByTestId('log-line').length).toBe(3));
});

test('matching lines are cleared too', async () => {
  await openWindow(appState(now), 'logs', {
    ...handlers,
    'log.search': () => ({
      ...{ set: 'a', live: 0, whole: true, count: 1, hits: [1], end: 3 },
      lines: [line(1, 'Error one')],
    }),
  });
  await screen.findAllByTestId('log-line');
  fireEvent.change(screen.getByTestId('log-level'), { target: { value: 'error' } });
  await waitFor(() => expect(screen.getAllByTestId('log-line').length).toBe(1));
  fireEvent.click(screen.getByTestId('log-clear'));
  await screen.findByTestId('logs-cleared');
});

test('what a problem has printed is shown at its place', async () => {
  const { holdfast, sent } = await openWindow(appState(now), 'status', {
    ...handlers,
    ...searched([3]),
  });
  holdfast.showInLog('reference', { output: ['fine', 'error two …'] });
  await waitFor(() => expect(document.querySelector('.log-current')?.textContent).toContain('two'));
  expect(sent('log.search')).toMatchObject([{ query: { text: 'error two' }, lines: 0 }]);
});

test('where its output ended is known until the log is rotated', async () => {
  const { holdfast, sent } = await openWindow(appState(now), 'status', {
    ...handlers,
    ...searched([3]),
    'log.read': ({ at }) => ({
      ...{ set: 'a', live: 0, atBegin: false, atEnd: false },
      lines: at > 0 ? [line(2, 'fine')] : [],
    }),
  });
  const printed = { output: ['error two'], logEnd: { set: 'a', at: 1 } };
  const current = () => document.querySelector('.log-current')?.textContent;
  holdfast.showInLog('reference', printed);
  await waitFor(() => expect(current()).toContain('fine'));
  expect(sent('log.read')).toContainEqual(expect.objectContaining({ at: 2, before: 1, after: 0 }));
  holdfast.open('status');
  holdfast.showInLog('reference', { ...printed, logEnd: { set: 'before it was rotated', at: 1 } });
  await waitFor(() => expect(current()).toContain('error two'));
});

test('follows again when another watcher answers, and stops when the view closes', async () => {
  const state = appState(now);
  const { bridge, holdfast, sent } = await openWindow(state, 'logs', handlers);
  await screen.findAllByTestId('log-line');
  if (state.link.status !== 'connected') throw new Error('Wrong sample.');
  const watcher = { ...state.link.watcher, identity: identity(777) };
  bridge.publish({ link: { status: 'connected', watcher } });
  await waitFor(() => expect(sent('log.follow').length).toBe(2));
  holdfast.open('settings');
  await waitFor(() => expect(sent('log.unfollow').length).toBe(2));
});

test('an empty log says so', async () => {
  await openWindow(appState(now), 'logs');
  await screen.findByTestId('logs-empty');
});

test('a log that can’t be read says why, and can be tried again', async () => {
  let readable = false;
  await openWindow(appState(now), 'logs', {
    'log.follow'() {
      if (!readable) throw new Error('The log can’t be read: permission denied.');
      return handlers['log.follow']();
    },
  });
  expect((await screen.findByTestId('logs-failed')).textContent).toContain('permission denied.');
  readable = true;
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findAllByTestId('log-line');
});

test('the log file can be shown', async () => {
  const { sent } = await openWindow(appState(now), 'logs', handlers);
  fireEvent.click(screen.getByTestId('log-reveal'));
  await waitFor(() => expect(sent('log.reveal')).toEqual([{ id: 'reference' }]));
});

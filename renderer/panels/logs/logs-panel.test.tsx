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

test('search counts matching lines, marks them, and steps through them', async () => {
  await openWindow(appState(now), 'logs', handlers);
  await screen.findAllByTestId('log-line');
  fireEvent.keyDown(window, { key: 'f', ctrlKey: true });
  const box = screen.getByTestId('log-search');
  await waitFor(() => expect(document.activeElement).toBe(box));
  fireEvent.change(box, { target: { value: 'ERROR' } });
  expect(textOf('log-count')).toBe('2 of 2');
  expect([...document.querySelectorAll('mark')].map(({ textContent }) => textContent)).toEqual([
    'Error',
    'error',
  ]);
  expect(screen.getByTestId('log-follow').getAttribute('aria-pressed')).toBe('false');
  fireEvent.keyDown(box, { key: 'Enter' });
  expect(textOf('log-count')).toBe('1 of 2');
  fireEvent.change(box, { target: { value: 'nowhere' } });
  expect(textOf('log-count')).toBe('No matches');
  fireEvent.keyDown(box, { key: 'Escape' });
  expect(screen.queryByTestId('log-count')).toBeNull();
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

// @vitest-environment jsdom
/** The history in the window: the strip tells its pieces, the list its events. */
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { historyEvents, historySummary } from '../../test/history-samples.ts';
import { appState, gateway } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const state = appState(now, { gateways: { reference: gateway(now, { lastEvent: 11 }) } });
const handlers = {
  'events.list': ({ limit }: { limit: number }) => ({
    events: historyEvents(now).slice(0, limit),
    more: false,
    damaged: 1,
  }),
  'events.summary': () => historySummary(now),
};

test('the strip of the last day says what it comes to', async () => {
  await openWindow(state, 'status', handlers);
  await waitFor(() => expect(textOf('history-line')).toContain('Up 97.9 % of the time'));
  expect(textOf('history-line')).toContain('away for 12m at most, 1 restart.');
});

test('the arrow keys tell the pieces of the strip with their reasons', async () => {
  await openWindow(state, 'status', handlers);
  const strip = await screen.findByRole('slider', { name: /the last 24 hours/ });
  await waitFor(() => expect(strip.getAttribute('aria-valuemax')).toBe('9'));
  expect(strip.getAttribute('aria-valuetext')).toContain('Running');
  act(() => strip.focus());
  fireEvent.keyDown(strip, { key: 'Home' });
  for (let step = 0; step < 5; step += 1) fireEvent.keyDown(strip, { key: 'ArrowRight' });
  expect(strip.getAttribute('aria-valuetext')).toMatch(/Down for 12m: It crashed: exit code 1/);
  expect(textOf('strip-hint')).toContain('It crashed');
  act(() => strip.blur());
  expect(screen.queryByTestId('strip-hint')).toBeNull();
});

test('each status has a shape of its own', async () => {
  await openWindow(state, 'status', handlers);
  await waitFor(() => expect(document.querySelectorAll('.strip-piece').length).toBe(9));
  for (const one of ['up', 'unwell', 'down', 'off', 'unknown']) {
    expect(document.querySelector(`.strip-${one}`)).not.toBeNull();
  }
});

test('the history is a list of sentences by day, with what was printed folded away', async () => {
  await openWindow(state, 'history', handlers);
  await waitFor(() => expect(screen.getAllByTestId('history-event').length).toBe(11));
  const text = textOf('history-panel');
  expect(text).toContain('It crashed: exit code 1.');
  expect(text).toContain('Its profile was changed: port, env.');
  expect(text).toContain('The machine slept for 6h.');
  expect(text).toContain('One entry can’t be read.');
  // Of another version: as it is, and nothing is hidden.
  expect(text).toContain('“dreaming”, as another version of Holdfast calls it {"depth":3}.');
  expect(textOf('history-output')).toContain('Error: no API key');
});

test('a start tells which of its steps took how long, beside what is usual', async () => {
  const start = (n: number, answerMs: number) => [
    {
      ...{ seq: 2 * n + 1, at: now - 1_000 + n, kind: 'ready', tookMs: answerMs + 100 },
      marks: { outputMs: 40, openMs: 90, answerMs },
    },
    { seq: 2 * n, at: now - 2_000 + n, kind: 'started', why: 'user' },
  ];
  const events = [...start(3, 5_200), ...start(2, 300), ...start(1, 280)];
  await openWindow(state, 'history', {
    ...handlers,
    'events.list': () => ({ events, more: false, damaged: 0 }),
  });
  const [newest] = await screen.findAllByTestId('history-steps');
  if (newest) fireEvent.click(newest.querySelector('summary') ?? newest);
  const rows = [...(newest?.querySelectorAll('tr') ?? [])].map(({ textContent }) => textContent);
  expect(rows).toEqual([
    'This startUsual',
    'First output40 ms40 ms',
    'Port open90 ms90 ms',
    'First answer5.2 s280 ms',
    'Ready5.3 s380 ms',
  ]);
  expect(newest?.textContent).toContain('The slowest step: First answer, 5.1 s.');
});

test('a new event is there without being asked for, and a window that shows none asks for none', async () => {
  const { bridge, sent } = await openWindow(state, 'history', handlers);
  await waitFor(() => expect(sent('events.list').length).toBe(1));
  act(() => bridge.publish({ gateways: { reference: gateway(now, { lastEvent: 12 }) } }));
  await waitFor(() => expect(sent('events.list').length).toBe(2));
  act(() => screen.getByTestId('nav-logs').click());
  act(() => bridge.publish({ gateways: { reference: gateway(now, { lastEvent: 13 }) } }));
  expect(sent('events.list').length).toBe(2);
  expect(sent('events.summary').length).toBe(0);
});

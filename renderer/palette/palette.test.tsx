// @vitest-environment jsdom
import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { appState, gateway, gatewayStates } from '../test/samples.ts';
import { openWindow } from '../test/window.tsx';

const now = Date.now();
const states = gatewayStates(now);
const several = appState(now, {
  gateways: {
    hermes: gateway(now, { id: 'hermes', name: 'Hermes' }),
    ark: { ...states.stopped, id: 'ark', name: '方舟网关' },
    other: { ...states.external, id: 'other', name: 'Elsewhere' },
  },
});

const ctrlK = { key: 'k', code: 'KeyK', ctrlKey: true };
const input = () => screen.getByTestId('palette-input');
const options = () =>
  within(screen.getByTestId('palette'))
    .queryAllByRole('option', { hidden: true })
    .map((option) => option.querySelector('.palette-name')?.textContent);
const active = () =>
  document.getElementById(input().getAttribute('aria-activedescendant') ?? '')?.textContent;
const type = (value: string) => fireEvent.change(input(), { target: { value } });
const press = (key: string) => fireEvent.keyDown(input(), { key });

test('Ctrl+K opens it and closes it, in every view', async () => {
  const { holdfast } = await openWindow(several, 'home');
  for (const view of ['home', 'update', 'settings', 'status'] as const) {
    act(() => holdfast.open(view));
    fireEvent.keyDown(window, ctrlK);
    expect(screen.getByTestId('palette')).toBeTruthy();
    fireEvent.keyDown(window, ctrlK);
    expect(screen.queryByTestId('palette')).toBeNull();
  }
});

test('a gateway whose name is in another script is started by keys alone', async () => {
  const { sent } = await openWindow(several, 'home');
  fireEvent.keyDown(window, ctrlK);
  type('start 舟');
  expect(active()).toContain('Start 方舟网关');
  press('Enter');
  expect(screen.queryByTestId('palette')).toBeNull();
  expect(sent('gateway.start')).toEqual([{ id: 'ark' }]);
});

test('what makes no sense now comes last, says why, and is not done', async () => {
  const { sent } = await openWindow(several, 'home');
  fireEvent.keyDown(window, ctrlK);
  type('start');
  expect(options()[0]).toBe('Start 方舟网关');
  const barred = screen.getByTestId('palette-start hermes');
  expect(barred.getAttribute('aria-disabled')).toBe('true');
  expect(barred.textContent).toContain('It runs already.');
  type('start hermes');
  // “Restart Hermes” holds both words, and can be done.
  expect(options()).toEqual(['Restart Hermes', 'Start Hermes']);
  press('ArrowDown');
  press('Enter');
  fireEvent.click(screen.getByTestId('palette-start hermes'));
  expect(screen.getByTestId('palette')).toBeTruthy();
  expect(sent('gateway.start')).toEqual([]);
});

test('nothing can be ordered while the background service is away, and it says so', async () => {
  const problem = { message: 'It ended.' };
  await openWindow({ ...several, link: { status: 'lost', problem } }, 'home');
  fireEvent.keyDown(window, ctrlK);
  type('stop hermes');
  expect(screen.getByTestId('palette-stop hermes').textContent).toContain('does not answer');
});

test('the arrow keys go round, and the cursor stays in the field', async () => {
  await openWindow(several, 'home');
  fireEvent.keyDown(window, ctrlK);
  input().focus();
  const [first] = options();
  press('ArrowUp');
  expect(active()).toContain(options().at(-1));
  press('ArrowDown');
  expect(active()).toContain(first);
  expect(document.activeElement).toBe(input());
});

test('an unfinished word of an input method chooses nothing', async () => {
  const { sent } = await openWindow(several, 'home');
  fireEvent.keyDown(window, ctrlK);
  type('start 舟');
  fireEvent.keyDown(input(), { key: 'Enter', isComposing: true });
  expect(screen.getByTestId('palette')).toBeTruthy();
  expect(sent('gateway.start')).toEqual([]);
});

test('it leads to every view of a gateway', async () => {
  const { holdfast } = await openWindow(several, 'home');
  for (const [query, view] of [
    ['open hermes', 'status'],
    ['logs hermes', 'logs'],
    ['history hermes', 'history'],
    ['settings hermes', 'profile'],
  ] as const) {
    fireEvent.keyDown(window, ctrlK);
    type(query);
    press('Enter');
    expect(holdfast.view.getState()).toMatchObject({ view, gateway: 'hermes' });
  }
});

test('keys give orders to the gateway that is shown, and say why not where they can’t', async () => {
  const { holdfast, sent } = await openWindow(several, 'home');
  const restart = { key: 'R', code: 'KeyR', ctrlKey: true, shiftKey: true };
  fireEvent.keyDown(window, restart);
  expect(sent('gateway.restart')).toEqual([]);
  expect(screen.getByText(/Open a gateway first/)).toBeTruthy();
  act(() => holdfast.openGateway('ark', 'status'));
  fireEvent.keyDown(window, restart);
  expect(screen.getByText('方舟网关: It is not running.')).toBeTruthy();
  act(() => holdfast.openGateway('hermes', 'status'));
  fireEvent.keyDown(window, restart);
  expect(sent('gateway.restart')).toEqual([{ id: 'hermes' }]);
});

test('the list of keys has every shortcut, and closes with the keys that open it', async () => {
  await openWindow(several, 'home');
  const keys = { key: '/', code: 'Slash', ctrlKey: true };
  fireEvent.keyDown(window, keys);
  const text = screen.getByTestId('shortcut-list').textContent;
  for (const shortcut of ['Ctrl+K', 'Ctrl+Shift+R', 'Ctrl+,', 'Ctrl+Q']) {
    expect(text).toContain(shortcut);
  }
  // The view behind it is not changed meanwhile.
  fireEvent.keyDown(window, { key: '6', ctrlKey: true });
  expect(screen.queryByTestId('update')).toBeNull();
  fireEvent.keyDown(window, keys);
  expect(screen.queryByTestId('shortcut-list')).toBeNull();
});

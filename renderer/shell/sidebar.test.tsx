// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { manyGateways } from '../test/many-samples.ts';
import { appState, gatewayStates } from '../test/samples.ts';
import { openWindow } from '../test/window.tsx';

const now = Date.now();
const many = appState(now, { gateways: manyGateways(now, 14) });

const items = () => [...screen.getByTestId('sidebar').querySelectorAll<HTMLElement>('button')];
const gatewayItems = () => items().filter(({ dataset }) => dataset.roving !== undefined);
const current = () => items().filter((item) => item.hasAttribute('aria-current'));

test('gateways with a problem come first; one that only restarts keeps its place', async () => {
  const { bridge } = await openWindow(many, 'home');
  const order = () => gatewayItems().map(({ dataset }) => dataset.roving);
  expect(order().slice(0, 3)).toEqual(['gateway-4', 'gateway-3', 'gateway-2']);
  const before = order();
  const starting = { ...gatewayStates(now).starting, id: 'gateway-1', name: 'OpenClaw' };
  act(() => bridge.publish({ gateways: { ...many.gateways, 'gateway-1': starting } }));
  expect(order()).toEqual(before);
});

test('one row is the current one, in every view', async () => {
  const { holdfast } = await openWindow(many, 'home');
  for (const view of ['home', 'update', 'add', 'settings'] as const) {
    act(() => holdfast.open(view));
    expect(current()).toEqual([screen.getByTestId(`nav-${view}`)]);
  }
  for (const view of ['status', 'logs', 'profile'] as const) {
    act(() => holdfast.openGateway('gateway-7', view));
    expect(current()).toEqual([screen.getByTestId('gateway-item-gateway-7')]);
  }
});

test('fourteen gateways are one stop of the Tab key, and the arrow keys go through them [U9]', async () => {
  await openWindow(many, 'home');
  expect(items().filter(({ tabIndex }) => tabIndex === 0).length).toBe(6);
  const [first, second] = gatewayItems();
  const last = gatewayItems().at(-1);
  first?.focus();
  if (first) fireEvent.keyDown(first, { key: 'ArrowDown' });
  expect(document.activeElement).toBe(second);
  if (second) fireEvent.keyDown(second, { key: 'End' });
  expect(document.activeElement).toBe(last);
});

test('a gateway is moved by Alt and an arrow key, or by dragging it', async () => {
  const { sent, bridge } = await openWindow(many, 'home');
  const orders = z.array(z.object({ gatewayOrder: z.array(z.string()) }));
  const asked = () => z.parse(orders, sent('settings.change'));
  const ids = gatewayItems().map(({ dataset }) => dataset.roving ?? '');
  const [one = '', other = '', third = ''] = ids.slice(4);
  fireEvent.keyDown(screen.getByTestId(`gateway-item-${one}`), { key: 'ArrowDown', altKey: true });
  await waitFor(() => expect(sent('settings.change')).toHaveLength(1));
  const { settings } = many;
  act(() => bridge.publish({ settings: { ...settings, ...asked()[0] } }));
  expect(gatewayItems().map(({ dataset }) => dataset.roving)).toEqual([
    ...ids.slice(0, 4),
    ...[other, one, third],
    ...ids.slice(7),
  ]);

  const data = new Map<string, string>();
  const dataTransfer = {
    setData: (type: string, value: string) => data.set(type, value),
    getData: (type: string) => data.get(type) ?? '',
    get types() {
      return [...data.keys()];
    },
  };
  const row = (id: string) => screen.getByTestId(`gateway-item-${id}`);
  fireEvent.dragStart(row(third), { dataTransfer });
  fireEvent.dragOver(row(other), { dataTransfer });
  expect(document.querySelector('.side-drop')?.contains(row(other))).toBe(true);
  fireEvent.drop(row(other), { dataTransfer });
  await waitFor(() => expect(sent('settings.change')).toHaveLength(2));
  act(() => bridge.publish({ settings: { ...settings, ...asked()[1] } }));
  expect(
    gatewayItems()
      .map(({ dataset }) => dataset.roving)
      .slice(4, 7),
  ).toEqual([third, other, one]);
});

test('each gateway has the shape of its state, and says it in words [U14]', async () => {
  await openWindow(many, 'home');
  const shapes = new Set(
    gatewayItems().map((item) => item.querySelector('.shape')?.getAttribute('data-shape')),
  );
  expect(shapes).toEqual(new Set(['bad', 'warning', 'good', 'busy', 'idle']));
  expect(screen.getByTestId('gateway-item-gateway-3').textContent).toBe(
    'LiteLLM proxyRunning, Discord needs you: The token was refused',
  );
});

test('the gateway that is opened is scrolled into view', async () => {
  const { holdfast } = await openWindow(many, 'home');
  const scroll = vi.fn();
  screen.getByTestId('gateway-item-gateway-13').scrollIntoView = scroll;
  act(() => holdfast.openGateway('gateway-13'));
  await waitFor(() => expect(scroll).toHaveBeenCalled());
});

// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { profiles } from '../../test/add-samples.ts';
import { manyGateways } from '../../test/many-samples.ts';
import { appState, gateway } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();

test('the arrow keys go through the tabs, and the name stays above each of them', async () => {
  await openWindow(appState(now));
  const tabs = screen.getAllByRole('tab');
  expect(tabs.map(({ textContent }) => textContent)).toEqual([
    'Overview',
    'Logs',
    'History',
    'Settings',
  ]);
  const [overview, logs] = tabs;
  expect(overview?.getAttribute('aria-selected')).toBe('true');
  overview?.focus();
  if (overview) fireEvent.keyDown(overview, { key: 'ArrowRight' });
  expect(document.activeElement).toBe(logs);
  expect(screen.getByTestId('logs')).toBeTruthy();
  expect(textOf('gateway-name')).toContain('Demo gateway');
  if (logs) fireEvent.keyDown(logs, { key: 'End' });
  await screen.findByTestId('profile');
  const panel = screen.getByRole('tabpanel');
  expect(panel.getAttribute('aria-labelledby')).toBe(tabs.at(-1)?.id);
});

test('between gateways the tab stays; from home a gateway opens at its overview', async () => {
  await openWindow(appState(now, { gateways: manyGateways(now, 3) }), 'logs');
  fireEvent.click(screen.getByTestId('gateway-item-gateway-1'));
  expect(screen.getByTestId('logs').dataset.gateway).toBe('gateway-1');
  fireEvent.click(screen.getByTestId('nav-home'));
  fireEvent.click(screen.getByTestId('home-open-gateway-0'));
  expect(screen.queryByTestId('logs')).toBeNull();
  expect(screen.getByTestId('gateway').dataset.gateway).toBe('gateway-0');
});

test('the settings show what its profile says, without the values of variables', async () => {
  const gateways = { hermes: gateway(now, { id: 'hermes', name: 'Hermes', policy: 'release' }) };
  const { sent } = await openWindow(appState(now, { gateways }), 'profile', {
    'profile.list': () => profiles(),
  });
  await screen.findByTestId('profile-command');
  expect(textOf('profile-command')).toBe('/home/alex/.local/bin/hermes gateway run --port 18790');
  expect(textOf('profile')).toContain('HERMES_HOME, HERMES_TOKEN');
  expect(textOf('profile')).not.toContain('secret');
  expect(textOf('profile-policy')).toBe('Stopped for the time');
  fireEvent.click(screen.getByTestId('profile-autostart'));
  await waitFor(() =>
    expect(sent('profile.save')).toMatchObject([{ profile: { id: 'hermes', autostart: false } }]),
  );
});

// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
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

test('what agents may do with it is off, and is switched there', async () => {
  const { sent } = await openWindow(appState(now), 'profile', { 'profile.list': () => profiles() });
  const agents = await screen.findByTestId('profile-agents');
  expect(agents).toHaveProperty('checked', false);
  fireEvent.click(agents);
  await waitFor(() => expect(sent('profile.save')).toMatchObject([{ profile: { agents: 'act' } }]));
});

/** The window at the settings of one that runs, or of another state. */
async function openRemoval(change: Parameters<typeof gateway>[1] = {}) {
  const gateways = {
    hermes: gateway(now, { id: 'hermes', name: 'Hermes', ...change }),
    reference: gateway(now),
  };
  const settings = { ...appState(now).settings, selectedGateway: 'hermes' };
  const opened = await openWindow(appState(now, { gateways, settings }), 'profile', {
    'profile.list': () => profiles(),
  });
  await screen.findByTestId('profile-command');
  const names = (): string[] =>
    opened.bridge.calls
      .map(({ name }) => name)
      .filter((name) => /^gateway\.|^profile\.re/.test(name));
  return { ...opened, names };
}

test('a gateway that runs is stopped and removed, and comes back running when that is undone', async () => {
  const { names } = await openRemoval();
  expect(textOf('removal-note')).toContain('It is running, so it is stopped first.');
  fireEvent.click(screen.getByTestId('profile-remove'));
  await screen.findByTestId('home');
  expect(textOf('toast')).toContain('Hermes was stopped and removed.');
  expect(names()).toEqual(['gateway.stop', 'profile.remove']);
  fireEvent.click(screen.getByTestId('toast-action'));
  await waitFor(() =>
    expect(names()).toEqual(['gateway.stop', 'profile.remove', 'profile.restore', 'gateway.start']),
  );
  expect(screen.queryByTestId('toast')).toBeNull();
  expect(screen.getByTestId('gateway').dataset.gateway).toBe('hermes');
});

test('a gateway that does not run, or that others run, is removed without being touched', async () => {
  const owner = { type: 'systemd', name: 'hermes.service', pid: 7, takesOrders: true } as const;
  const { names } = await openRemoval({ state: { status: 'external', owner, since: now } });
  expect(textOf('removal-note')).toContain('Hermes itself is left as it is.');
  fireEvent.click(screen.getByTestId('profile-remove'));
  await screen.findByTestId('home');
  fireEvent.click(screen.getByTestId('toast-action'));
  await waitFor(() => expect(names()).toEqual(['profile.remove', 'profile.restore']));
});

test('a gateway that can’t be stopped is not removed', async () => {
  const gateways = { hermes: gateway(now, { id: 'hermes', name: 'Hermes' }) };
  const { sent } = await openWindow(appState(now, { gateways }), 'profile', {
    'profile.list': () => profiles(),
    'gateway.stop': () => {
      throw new Error('All gateways are being stopped.');
    },
  });
  fireEvent.click(await screen.findByTestId('profile-remove'));
  await waitFor(() => expect(textOf('toast')).toContain('All gateways are being stopped.'));
  expect(sent('profile.remove')).toEqual([]);
});

test('a duplicate is opened at its settings', async () => {
  const { sent, bridge } = await openRemoval();
  const { gateways } = bridge.publisher.snapshot().state;
  const copy = gateway(now, { id: 'hermes-copy', name: 'Hermes (copy)' });
  bridge.publish({ gateways: { ...gateways, 'hermes-copy': copy } });
  fireEvent.click(screen.getByTestId('profile-duplicate'));
  await waitFor(() => expect(screen.getByTestId('gateway').dataset.gateway).toBe('hermes-copy'));
  expect(sent('profile.duplicate')).toEqual([{ id: 'hermes' }]);
  expect(textOf('toast')).toContain('a copy of Hermes. It is not started');
});

test('a changed profile says that it counts from the next start on, with a button for that [U24]', async () => {
  const { sent, bridge } = await openRemoval({ waitsForStart: true });
  expect(textOf('gateway-changed')).toContain('Takes effect at the next start.');
  fireEvent.click(screen.getByTestId('changed-restart'));
  await waitFor(() => expect(sent('gateway.restart')).toEqual([{ id: 'hermes' }]));
  const { gateways } = bridge.publisher.snapshot().state;
  act(() =>
    bridge.publish({
      gateways: { ...gateways, hermes: gateway(now, { id: 'hermes', name: 'Hermes' }) },
    }),
  );
  await waitFor(() => expect(screen.queryByTestId('gateway-changed')).toBeNull());
});

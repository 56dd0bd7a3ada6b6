// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { presetViews, reporting } from '../../test/add-samples.ts';
import { appState, gateway } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const none = appState(now, { gateways: {} });
const presets = { 'preset.list': presetViews };

test('without gateways what was found is shown: whether it runs, who runs it, what a click means', async () => {
  await openWindow(none, null, presets);
  await screen.findByTestId('offer-hermes');
  expect(textOf('offer-state-hermes')).toBe('Running now, under systemd (hermes-gateway.service)');
  expect(textOf('offer-hermes')).toContain('It stays where it is, and nothing is restarted');
  expect(textOf('offer-state-hermes-work')).toBe('Not running');
  expect(textOf('offer-hermes-work')).toContain('Holdfast starts it and keeps it running.');
  expect(document.title).toBe('Welcome – Holdfast');
});

test('several are added one after the other, and each can be taken back', async () => {
  const { bridge, sent } = await openWindow(none, null, presets);
  fireEvent.click(await screen.findByTestId('offer-add-hermes'));
  await waitFor(() => expect(sent('profile.save')).toMatchObject([{ profile: { id: 'hermes' } }]));
  act(() => bridge.publish({ gateways: { hermes: reporting(now) } }));
  // The view stays, for the next one.
  expect(screen.queryByTestId('offer-add-hermes')).toBeNull();
  screen.getByTestId('offer-add-hermes-work');
  fireEvent.click(await screen.findByTestId('toast-action'));
  await waitFor(() => expect(sent('profile.remove')).toEqual([{ id: 'hermes' }]));
  expect(sent('gateway.stop')).toEqual([{ id: 'hermes' }]);
  act(() => bridge.publish({ gateways: {} }));
  screen.getByTestId('offer-add-hermes');
});

test('what someone else runs is not stopped when it is taken back', async () => {
  const { bridge, sent } = await openWindow(none, null, presets);
  fireEvent.click(await screen.findByTestId('offer-add-hermes'));
  const owner = { type: 'systemd', name: 'systemd (h.service)', takesOrders: true } as const;
  const state = { status: 'external', owner, since: now } as const;
  act(() => bridge.publish({ gateways: { hermes: gateway(now, { id: 'hermes', state }) } }));
  fireEvent.click(await screen.findByTestId('toast-action'));
  await waitFor(() => expect(sent('profile.remove')).toEqual([{ id: 'hermes' }]));
  expect(sent('gateway.stop')).toEqual([]);
});

test('the demo gateway is added only when it is asked for', async () => {
  const { sent } = await openWindow(none, null, presets);
  await screen.findByTestId('offer-hermes');
  expect(sent('profile.save')).toEqual([]);
  fireEvent.click(screen.getByTestId('add-demo'));
  await waitFor(() =>
    expect(sent('profile.save')).toMatchObject([{ profile: { id: 'reference', autostart: true } }]),
  );
});

test('where nothing is found it says what was looked for, and leads on', async () => {
  let asked = 0;
  await openWindow(none, null, {
    'preset.list': () => {
      asked += 1;
      return presetViews().map((preset) => ({ ...preset, found: [] }));
    },
  });
  await screen.findByTestId('welcome-none');
  expect(textOf('welcome-none')).toContain('Holdfast looked for Hermes.');
  const before = asked;
  fireEvent.click(screen.getByTestId('welcome-look-again'));
  await waitFor(() => expect(asked).toBe(before + 1));
  fireEvent.click(screen.getByTestId('welcome-add'));
  await screen.findByTestId('add');
});

test('start at login and the command line are right there', async () => {
  const { sent } = await openWindow(none, null, presets);
  fireEvent.click(await screen.findByTestId('settings-start-at-login'));
  await waitFor(() => expect(sent('settings.change')).toEqual([{ startAtLogin: true }]));
  expect(textOf('welcome-command-line')).toBe(
    'ln -s /home/alex/.config/Holdfast/bin/holdfast ~/.local/bin/',
  );
});

// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { settingDefaults } from '../../../electron/contract/setting-defaults.ts';
import { presetViews } from '../../test/add-samples.ts';
import { appState } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const base = appState(now);
const withSettings = (change: Partial<typeof base.settings>) =>
  appState(now, { settings: { ...base.settings, ...change } });

test.each([
  ['settings-start-hidden', { startHidden: true }],
  ['settings-start-at-login', { startAtLogin: true }],
  ['settings-log-size-50', { logMegabytes: 50 }],
  ['settings-grace-60000', { newGatewayGraceMs: 60_000 }],
])('%s is applied at once', async (testId, change) => {
  const { sent } = await openWindow(base, 'settings');
  fireEvent.click(screen.getByTestId(testId));
  await waitFor(() => expect(sent('settings.change')).toEqual([change]));
});

test('a number that was written by hand is one of the choices', async () => {
  await openWindow(withSettings({ logMegabytes: 7, newGatewayGraceMs: 90_000 }), 'settings');
  expect(screen.getByTestId<HTMLInputElement>('settings-log-size-7').checked).toBe(true);
  expect(textOf('settings-grace')).toContain('1 min90 s5 min');
});

test('the settings are reset, and as they were again by Undo', async () => {
  const chosen = { theme: 'dark', startHidden: true, logMegabytes: 200 } as const;
  const { sent } = await openWindow(withSettings(chosen), 'settings');
  fireEvent.click(screen.getByTestId('settings-reset'));
  await waitFor(() => expect(sent('settings.change')).toEqual([{ ...settingDefaults }]));
  fireEvent.click(await screen.findByTestId('toast-action'));
  await waitFor(() => expect(sent('settings.change').length).toBe(2));
  expect(sent('settings.change')[1]).toEqual({ ...settingDefaults, ...chosen });
});

test('where nothing was chosen there is nothing to reset', async () => {
  await openWindow(withSettings({ ...settingDefaults }), 'settings');
  expect(screen.getByTestId('settings-reset').hasAttribute('disabled')).toBe(true);
});

test('a gateway that is added may take as long to stop as the settings say', async () => {
  const { sent } = await openWindow(withSettings({ newGatewayGraceMs: 60_000 }), 'add', {
    'preset.list': presetViews,
  });
  await screen.findByTestId('gateway-form');
  fireEvent.change(screen.getByTestId('form-name'), { target: { value: 'Mine' } });
  fireEvent.change(screen.getByTestId('form-line'), { target: { value: '/bin/mine' } });
  fireEvent.click(screen.getByTestId('form-submit'));
  await waitFor(() =>
    expect(sent('profile.save')).toMatchObject([{ profile: { stop: { graceMs: 60_000 } } }]),
  );
});

test('where the system keeps a search path, a switch puts the command line on it and takes it away', async () => {
  const on = { ...base, app: { ...base.app, platform: 'win32' as const, launcherOnPath: false } };
  const { sent } = await openWindow(on, 'settings');
  const toggle = screen.getByTestId<HTMLInputElement>('command-line-on-path');
  expect(toggle.checked).toBe(false);
  fireEvent.click(toggle);
  await waitFor(() => expect(sent('launcher.onPath')).toEqual([{ on: true }]));
});

test.each([
  [
    'linux',
    '/home/alex/hold fast/bin/holdfast',
    "ln -s '/home/alex/hold fast/bin/holdfast' ~/.local/bin/",
  ],
  ['win32', 'C:\\Users\\Alex\\Holdfast\\bin\\holdfast.cmd', 'C:\\Users\\Alex\\Holdfast\\bin'],
] as const)(
  'the command line is offered, on %s with what its shells need',
  async (platform, launcher, line) => {
    await openWindow({ ...base, app: { ...base.app, platform, launcher } }, 'settings');
    expect(textOf('settings-command-line')).toContain(line);
  },
);

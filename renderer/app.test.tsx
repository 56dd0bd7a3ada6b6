// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { App } from './app.tsx';
import { moment } from './format/quantities.ts';
import { createHoldfast } from './store/holdfast.ts';
import { createMockBridge } from './test/mock-bridge.ts';
import { appState, gateway, receipt } from './test/samples.ts';
import { openWindow, textOf } from './test/window.tsx';

const now = Date.now();

test('waits for the first state, and says when the app does not answer', async () => {
  const bridge = createMockBridge(appState(now), {
    subscribe() {
      throw new Error('The app is still starting.');
    },
  });
  const holdfast = createHoldfast(bridge);
  render(<App holdfast={holdfast} />);
  expect(textOf('loading')).toBe('Opening Holdfast…');
  await screen.findByTestId('load-error');
  expect(textOf('load-error')).toContain('The app is still starting.');
  holdfast.close();
});

test('the sidebar lists the gateways, and remembers the choice', async () => {
  const { bridge, sent } = await openWindow(appState(now));
  const other = gateway(now, { id: 'other', name: 'Another', state: { status: 'stopped' } });
  act(() => bridge.publish({ gateways: { reference: gateway(now), other } }));
  fireEvent.click(screen.getByTestId('gateway-item-other'));
  expect(screen.getByTestId('gateway').dataset.gateway).toBe('other');
  await waitFor(() => expect(sent('settings.change')).toEqual([{ selectedGateway: 'other' }]));
});

test('the window opens with its only gateway, or with home, and stays there when others come', async () => {
  const { bridge } = await openWindow(appState(now), null);
  expect(screen.getByTestId('gateway').dataset.gateway).toBe('reference');
  const other = gateway(now, { id: 'other', name: 'Another' });
  act(() => bridge.publish({ gateways: { reference: gateway(now), other } }));
  expect(screen.queryByTestId('home')).toBeNull();
  cleanup();
  await openWindow(appState(now, { gateways: { reference: gateway(now), other } }), null);
  expect(screen.getByTestId('home').dataset.count).toBe('2');
});

test('the app can ask for a view of one gateway', async () => {
  const other = gateway(now, { id: 'other', name: 'Another' });
  const { bridge } = await openWindow(
    appState(now, { gateways: { reference: gateway(now), other } }),
    'home',
  );
  act(() => bridge.emit('show', { panel: 'logs', gateway: 'other' }));
  expect(screen.getByTestId('logs').dataset.gateway).toBe('other');
});

test('the app is told which view is in sight, and of which gateway', async () => {
  const { holdfast, sent } = await openWindow(appState(now), 'logs');
  act(() => holdfast.open('update'));
  await waitFor(() =>
    expect(sent('view.shown')).toEqual([
      { view: 'logs', gateway: 'reference' },
      { view: 'update', gateway: null },
    ]),
  );
});

test('title and focus follow the view, and leave the focus where it was put [U40]', async () => {
  const { bridge, holdfast } = await openWindow(appState(now), 'home');
  expect(document.title).toBe('Home – Holdfast');
  const main = screen.getByRole('main');

  screen.getByTestId('nav-settings').focus();
  fireEvent.click(screen.getByTestId('nav-settings'));
  expect(document.title).toBe('Settings – Holdfast');
  expect(document.activeElement).toBe(screen.getByTestId('nav-settings'));

  act(() => bridge.emit('show', { panel: 'logs', gateway: 'reference' }));
  expect(document.title).toBe('Logs of Demo gateway – Holdfast');
  expect(document.activeElement).toBe(main);

  act(() => holdfast.open('status'));
  expect(document.title).toBe('Demo gateway – Holdfast');
  act(() => holdfast.find());
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('log-search')));
  act(() => holdfast.open('update'));
  expect(document.title).toBe('Updates – Holdfast');
  expect(document.activeElement).toBe(main);
});

test('About says which Holdfast this is, and copies it [U30]', async () => {
  const copied: string[] = [];
  vi.stubGlobal('navigator', {
    clipboard: { writeText: async (text: string) => void copied.push(text) },
  });
  const { bridge } = await openWindow(appState(now), 'home');
  act(() => bridge.emit('show', { panel: 'about' }));
  expect(document.activeElement).toBe(screen.getByTestId('about'));
  expect(textOf('about-version')).toBe('0.1.0');
  expect(textOf('about-build')).toBe('0.1.0+9f3c21ab');
  expect(textOf('about-licence')).toBe('MIT');
  fireEvent.click(screen.getByTestId('about-copy'));
  await screen.findByTestId('toast');
  expect(copied[0]).toBe(
    'Holdfast 0.1.0\nBuild: 0.1.0+9f3c21ab\nBackground service: 0.1.0+9f3c21ab\nSystem: linux\nLicence: MIT',
  );
  vi.unstubAllGlobals();
});

test('the quit question is answered once, with what to remember; Escape cancels', async () => {
  const state = appState(now, { question: { type: 'quit', running: ['reference'] } });
  const { sent } = await openWindow(state);
  expect(textOf('quit-dialog')).toContain('Demo gateway is running.');
  fireEvent.click(screen.getByTestId('quit-remember'));
  fireEvent.click(screen.getByTestId('quit-keep'));
  await waitFor(() => expect(sent('quit.answer')).toEqual([{ choice: 'keep', remember: true }]));
  fireEvent(screen.getByTestId('quit-dialog'), new Event('cancel', { cancelable: true }));
  await waitFor(() =>
    expect(sent('quit.answer')[1]).toEqual({ choice: 'cancel', remember: false }),
  );
});

test('problems and the receipt are shown in every view', async () => {
  await openWindow(
    appState(now, {
      receipt: receipt(now),
      problems: [{ id: 'disk', problem: { message: 'The disk is full.', hint: 'Make room.' } }],
    }),
    'settings',
  );
  expect(textOf('problem-disk')).toContain('The disk is full.');
  expect(textOf('receipt-banner')).toContain('Back after 41ms — the new version answers');
  fireEvent.click(screen.getByTestId('receipt-show'));
  expect(screen.getByTestId('receipt')).toBeTruthy();
  expect(screen.queryByTestId('receipt-banner')).toBeNull();
});

test('menus and keys open views', async () => {
  const { bridge } = await openWindow(appState(now));
  act(() => bridge.emit('show', { panel: 'settings' }));
  expect(screen.getByTestId('settings')).toBeTruthy();
  fireEvent.keyDown(window, { key: '6', ctrlKey: true });
  expect(screen.getByTestId('update')).toBeTruthy();
  act(() => bridge.emit('show', { panel: 'find' }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('log-search')));
});

test('a report shows what is in it before it is saved', async () => {
  const { sent } = await openWindow(appState(now), 'settings');
  fireEvent.click(screen.getByTestId('report-make'));
  await screen.findByTestId('report-dialog');
  expect(textOf('report-files')).toContain('logs/gateways/hermes.logits end, 300 kB');
  expect(textOf('report-files')).toContain('logs/watcher.logleft out: it is a link');
  expect(sent('report.save')).toEqual([]);
  fireEvent.click(screen.getByTestId('report-save'));
  await waitFor(() => expect(screen.queryByTestId('report-dialog')).toBeNull());
  expect(sent('report.save')).toHaveLength(1);
  expect(textOf('toasts')).toContain('/home/u/holdfast-report.zip');
});

test('another language is spoken at once, and what is typed stays', async () => {
  const { bridge, sent } = await openWindow(appState(now), 'settings');
  fireEvent.change(screen.getByTestId('phone-address'), { target: { value: 'https://x.example' } });
  fireEvent.click(screen.getByTestId('settings-language-de'));
  await waitFor(() => expect(sent('settings.change')).toEqual([{ language: 'de' }]));
  const { app } = bridge.publisher.snapshot().state;
  act(() => bridge.publish({ app: { ...app, language: 'de' } }));
  await screen.findByRole('heading', { name: 'Einstellungen' }, { timeout: 20_000 });
  expect(document.documentElement.lang).toBe('de');
  expect(screen.getByTestId('phone-address')).toHaveProperty('value', 'https://x.example');
  act(() => bridge.publish({ app: { ...app, language: 'en' } }));
  await screen.findByRole('heading', { name: 'Settings' });
});

test('settings send what was changed, and the theme is put on the page', async () => {
  const { bridge, sent } = await openWindow(appState(now), 'settings');
  fireEvent.click(screen.getByTestId('settings-theme-dark'));
  fireEvent.click(screen.getByTestId('settings-on-quit-stop'));
  fireEvent.click(screen.getByTestId('settings-start-at-login'));
  fireEvent.click(screen.getByTestId('settings-check-for-updates'));
  fireEvent.click(screen.getByTestId('settings-notifications-problems'));
  await waitFor(() =>
    expect(sent('settings.change')).toEqual([
      { theme: 'dark' },
      { onQuit: 'stop' },
      { startAtLogin: true },
      { checkForUpdates: false },
      { notifications: 'problems' },
    ]),
  );
  expect(textOf('settings-closing')).toContain('Holdfast stays in the tray.');
  act(() => bridge.publish({ tray: false }));
  expect(textOf('settings-closing')).toContain('This desktop shows no tray.');
  const { settings } = appState(now);
  act(() => bridge.publish({ settings: { ...settings, theme: 'dark' } }));
  expect(document.documentElement.dataset.theme).toBe('dark');
  act(() => bridge.publish({ settings }));
  expect(document.documentElement.dataset.theme).toBeUndefined();
  expect({ ...screen.getByTestId('watcher').dataset }).toMatchObject({
    link: 'connected',
    pid: '48101',
    escape: 'setsid',
    escapeProof: 'proven',
  });
});

test('says since when the state is out of date, and stops saying so', async () => {
  const state = appState(now);
  if (state.link.status !== 'connected') throw new Error('Wrong sample.');
  const { bridge } = await openWindow(state);
  act(() => bridge.publish({ link: { ...state.link, staleSince: now } as typeof state.link }));
  expect(textOf('link-banner')).toContain(`out of date, since ${moment(now, Date.now())}`);
  act(() => bridge.publish({ link: state.link }));
  expect(screen.queryByTestId('link-banner')).toBeNull();
});

test('keeps the last state, says since when it is old, and shows the new one when there is one again [R28]', async () => {
  let deaf = false;
  const bridge = createMockBridge(appState(now), {
    subscribe() {
      if (deaf) throw new Error('The app is busy.');
      return { ...bridge.publisher.snapshot() };
    },
  });
  const holdfast = createHoldfast(bridge);
  render(<App holdfast={holdfast} />);
  await screen.findByTestId('window');
  deaf = true;
  act(() => bridge.emit('patch', { revision: 7, changes: [] }));
  await screen.findByTestId('state-banner');
  expect(textOf('state-banner')).toMatch(/What you see is out of date, since .*The app is busy\./);
  expect(screen.getByTestId('gateway')).toBeTruthy();
  deaf = false;
  bridge.publish({ problems: [{ id: 'disk', problem: { message: 'The disk is full.' } }] });
  await waitFor(() => expect(screen.queryByTestId('state-banner')).toBeNull(), { timeout: 5_000 });
  expect(screen.getByTestId('problem-disk')).toBeTruthy();
  holdfast.close();
});

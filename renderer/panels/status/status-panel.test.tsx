// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { GatewayStatus } from '../../../electron/contract/gateway.ts';
import { suggestion } from '../../test/add-samples.ts';
import { appState, gatewayStates } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const NOW = Date.now();
const states = gatewayStates(NOW);

const ENABLED: Readonly<Record<GatewayStatus, readonly string[]>> = {
  stopped: ['start'],
  failed: ['start'],
  waiting: ['start', 'stop'],
  starting: ['restart', 'stop'],
  running: ['restart', 'stop'],
  degraded: ['restart', 'stop'],
  stopping: [],
  released: [],
  elsewhere: ['restart', 'stop'],
};

function enabled(): string[] {
  return ['start', 'restart', 'stop'].filter(
    (name) => !screen.getByTestId(`gateway-${name}`).hasAttribute('disabled'),
  );
}

test.each(Object.values(states).map((view) => [view.state.status, view] as const))(
  '%s: its facts, and the buttons that make sense',
  async (status, view) => {
    const { sent } = await openWindow(appState(NOW, { gateways: { reference: view } }));
    expect(screen.getByTestId('gateway').dataset.status).toBe(status);
    expect(enabled()).toEqual(ENABLED[status]);
    if ('problem' in view.state && view.state.problem) {
      expect(textOf('gateway-problem')).toContain(view.state.problem.message);
    }
    for (const name of enabled()) {
      fireEvent.click(screen.getByTestId(`gateway-${name}`));
      const call =
        name === 'start' ? 'gateway.start' : name === 'stop' ? 'gateway.stop' : 'gateway.restart';
      await waitFor(() => expect(sent(call)).toEqual([{ id: 'reference' }]));
    }
  },
);

test('one that keeps to an older build says so, and lets one try again', async () => {
  const pinned = { build: '0.1.0+a', version: '0.1.0', failedVersion: '0.2.0', reason: 'It died.' };
  const { sent } = await openWindow(
    appState(NOW, { gateways: { reference: { ...states.running, pinned } } }),
  );
  expect(textOf('gateway-pinned')).toContain(
    'runs the previous build 0.1.0 since the update to 0.2.0 failed.',
  );
  expect(textOf('gateway-pinned')).toContain('It died.');
  fireEvent.click(screen.getByTestId('gateway-update'));
  await waitFor(() => expect(sent('gateway.update')).toEqual([{ id: 'reference' }]));
});

test('one that ended shows what it printed last, and leads to its log', async () => {
  const lastExit = {
    code: 1,
    signal: null,
    at: NOW,
    reason: 'exit code 1',
    output: ['reading settings', 'Error: no API key'],
  };
  await openWindow(appState(NOW, { gateways: { reference: { ...states.waiting, lastExit } } }));
  expect(textOf('last-output')).toContain('Error: no API key');
  fireEvent.click(screen.getByTestId('last-output-log'));
  expect(screen.queryByTestId('gateway')).toBeNull();
});

test('a report that says nothing has no place', async () => {
  const report = { parts: [] };
  await openWindow(appState(NOW, { gateways: { reference: { ...states.running, report } } }));
  expect(screen.queryByTestId('report')).toBeNull();
});

test('one that runs shows nothing of its last end', async () => {
  const lastExit = { code: 1, signal: null, at: NOW, reason: 'exit code 1', output: ['old'] };
  await openWindow(appState(NOW, { gateways: { reference: { ...states.running, lastExit } } }));
  expect(screen.queryByTestId('last-output')).toBeNull();
});

test('a health check is offered to one that has none, and kept with a click', async () => {
  const { sent } = await openWindow(appState(NOW), 'status', {
    'profile.suggest': suggestion,
  });
  await waitFor(() => expect(textOf('gateway-suggestion')).toContain('answers at /health'));
  fireEvent.click(screen.getByTestId('suggestion-accept'));
  await waitFor(() => expect(sent('profile.save')).toEqual([{ profile: suggestion().profile }]));
  await waitFor(() => expect(screen.queryByTestId('gateway-suggestion')).toBeNull());
});

test('a health check that is not wanted is not offered again for this process', async () => {
  const { bridge, sent } = await openWindow(appState(NOW), 'status', {
    'profile.suggest': () => ({ ...suggestion(), path: null }),
  });
  await waitFor(() => expect(textOf('gateway-suggestion')).toContain('port 8080'));
  fireEvent.click(screen.getByTestId('gateway-suggestion-dismiss'));
  act(() => bridge.publish({ gateways: { reference: { ...states.running, restarts: 1 } } }));
  expect(screen.queryByTestId('gateway-suggestion')).toBeNull();
  expect(sent('profile.suggest').length).toBe(1);
});

test('identity is there for programs', async () => {
  await openWindow(appState(NOW));
  expect({ ...screen.getByTestId('gateway').dataset }).toMatchObject({
    gateway: 'reference',
    pid: '48213',
    proof: 'verified',
    build: '0.1.0+9f3c21ab',
  });
  expect(textOf('gateway-state')).toBe('Running · healthy for 2 h 13 min');
});

test('a button can’t be pressed twice while its intent is on the way', async () => {
  let done = (): void => undefined;
  const { sent } = await openWindow(appState(NOW), 'status', {
    'gateway.restart': () =>
      new Promise<null>((resolve) => {
        done = () => resolve(null);
      }),
  });
  const button = screen.getByTestId('gateway-restart');
  fireEvent.click(button);
  await waitFor(() => expect(button.getAttribute('aria-busy')).toBe('true'));
  fireEvent.click(button);
  expect(sent('gateway.restart').length).toBe(1);
  act(done);
  await waitFor(() => expect(button.getAttribute('aria-busy')).toBe('false'));
});

test('without the watcher the last state stays readable and nothing can be pressed', async () => {
  const { bridge } = await openWindow(appState(NOW));
  act(() => bridge.publish({ link: { status: 'lost', problem: { message: 'It ended.' } } }));
  expect(textOf('link-banner')).toContain('Reconnecting to the watcher…');
  expect(textOf('gateway-state')).toContain('Running');
  expect(enabled()).toEqual([]);
});

test('no gateways: the built-in one can be added', async () => {
  const { sent } = await openWindow(appState(NOW, { gateways: {} }));
  fireEvent.click(screen.getByTestId('add-reference'));
  await waitFor(() => expect(sent('profile.save').length).toBe(1));
  expect(sent('profile.save')[0]).toMatchObject({ profile: { id: 'reference', autostart: true } });
});

test('no gateways: the profiles folder can be opened', async () => {
  const { sent } = await openWindow(appState(NOW, { gateways: {} }));
  fireEvent.click(screen.getByTestId('profiles-reveal'));
  await waitFor(() => expect(sent('profile.reveal').length).toBe(1));
});

test('the settings open the profiles folder', async () => {
  const { sent } = await openWindow(appState(NOW), 'settings');
  fireEvent.click(screen.getByTestId('profiles-reveal'));
  await waitFor(() => expect(sent('profile.reveal').length).toBe(1));
});

// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { GatewayStatus } from '../../../electron/contract/gateway.ts';
import { reporting, suggestion } from '../../test/add-samples.ts';
import { appState, gatewayStates } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const states = gatewayStates(now);

const enabledButtons: Readonly<Record<GatewayStatus, readonly string[]>> = {
  stopped: ['start'],
  failed: ['start'],
  waiting: ['start', 'stop'],
  starting: ['restart', 'stop'],
  running: ['restart', 'stop'],
  degraded: ['restart', 'stop'],
  stopping: [],
  released: [],
  external: ['restart', 'stop'],
};

function enabled(): string[] {
  return ['start', 'restart', 'stop'].filter(
    (name) => screen.queryByTestId(`gateway-${name}`)?.hasAttribute('disabled') === false,
  );
}

test.each(Object.values(states).map((view) => [view.state.status, view] as const))(
  '%s: its facts, and the buttons that make sense',
  async (status, view) => {
    const { sent } = await openWindow(appState(now, { gateways: { reference: view } }));
    expect(screen.getByTestId('gateway').dataset.status).toBe(status);
    expect(enabled()).toEqual(enabledButtons[status]);
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

test('a gateway that stays at an older version says so, and can be tried again [R87]', async () => {
  const pinned = { build: '0.1.0+a', version: '0.1.0', failedVersion: '0.2.0', reason: 'It died.' };
  const { sent } = await openWindow(
    appState(now, { gateways: { reference: { ...states.running, pinned } } }),
  );
  expect(textOf('gateway-pinned')).toContain(
    'runs the previous version 0.1.0, because the update to 0.2.0 failed.',
  );
  expect(textOf('gateway-pinned')).toContain('It died.');
  fireEvent.click(screen.getByTestId('gateway-update'));
  await waitFor(() => expect(sent('gateway.update')).toEqual([{ id: 'reference' }]));
});

test('a gateway that ended shows its last output, with a way to its log [U4]', async () => {
  const lastExit = {
    code: 1,
    signal: null,
    at: now,
    reason: 'exit code 1',
    output: ['reading settings', 'Error: no API key'],
  };
  await openWindow(appState(now, { gateways: { reference: { ...states.waiting, lastExit } } }));
  expect(textOf('last-output')).toContain('Error: no API key');
  fireEvent.click(screen.getByTestId('last-output-log'));
  expect(screen.getByTestId('logs').dataset.gateway).toBe('reference');
});

test('a gateway that can’t start can be tried again beside its problem, or looked up', async () => {
  const { sent } = await openWindow(appState(now, { gateways: { reference: states.failed } }));
  fireEvent.click(screen.getByTestId('problem-retry-reference'));
  await waitFor(() => expect(sent('gateway.start')).toEqual([{ id: 'reference' }]));
  fireEvent.click(screen.getByTestId('problem-port-reference'));
  await waitFor(() => expect(sent('gateway.movePort')).toEqual([{ id: 'reference' }]));
  fireEvent.click(screen.getByTestId('problem-settings-reference'));
  expect(screen.getByTestId('profile')).toBeTruthy();
});

test('a gateway that takes its time to stop can be ended at once [U22]', {
  timeout: 15_000,
}, async () => {
  const { sent } = await openWindow(appState(now, { gateways: { reference: states.stopping } }));
  expect(screen.queryByTestId('gateway-end-now')).toBeNull();
  fireEvent.click(await screen.findByTestId('gateway-end-now', {}, { timeout: 8_000 }));
  await waitFor(() => expect(sent('gateway.endNow')).toEqual([{ id: 'reference' }]));
});

test('a part that needs the user decides the headline and its colour', async () => {
  await openWindow(appState(now, { gateways: { hermes: reporting(now) } }));
  expect(textOf('gateway-state')).toBe('Running · Discord needs you: The token was refused');
  expect(document.querySelector('.hero .shape')?.getAttribute('data-shape')).toBe('warning');
  expect(textOf('part-discord')).toContain('Make a new one in the developer portal.');
});

test('a gateway on another machine is not stopped but no longer watched', async () => {
  const owner = {
    type: 'remote',
    name: 'https://gateway.example',
    takesOrders: false,
  } as const;
  const state = { status: 'external', since: now, owner } as const;
  await openWindow(appState(now, { gateways: { reference: { ...states.external, state } } }));
  expect(textOf('gateway-stop')).toBe('Pause watching');
});

test('an empty report is not shown', async () => {
  const report = { parts: [] };
  await openWindow(appState(now, { gateways: { reference: { ...states.running, report } } }));
  expect(screen.queryByTestId('report')).toBeNull();
});

test('one that runs shows nothing of its last end', async () => {
  const lastExit = { code: 1, signal: null, at: now, reason: 'exit code 1', output: ['old'] };
  await openWindow(appState(now, { gateways: { reference: { ...states.running, lastExit } } }));
  expect(screen.queryByTestId('last-output')).toBeNull();
});

test('a health check is offered for a gateway without one, and saved at a click', async () => {
  const { sent } = await openWindow(appState(now), 'status', {
    'profile.suggest': suggestion,
  });
  await waitFor(() => expect(textOf('gateway-suggestion')).toContain('answers at /health'));
  fireEvent.click(screen.getByTestId('suggestion-accept'));
  await waitFor(() => expect(sent('profile.save')).toEqual([{ profile: suggestion().profile }]));
  await waitFor(() => expect(screen.queryByTestId('gateway-suggestion')).toBeNull());
});

test('a health check that is not wanted is not offered again for this process', async () => {
  const { bridge, sent } = await openWindow(appState(now), 'status', {
    'profile.suggest': () => ({ ...suggestion(), path: null }),
  });
  await waitFor(() => expect(textOf('gateway-suggestion')).toContain('port 8080'));
  fireEvent.click(screen.getByTestId('gateway-suggestion-dismiss'));
  act(() => bridge.publish({ gateways: { reference: { ...states.running, restarts: 1 } } }));
  expect(screen.queryByTestId('gateway-suggestion')).toBeNull();
  expect(sent('profile.suggest').length).toBe(1);
});

test('identity is there for programs [U25]', async () => {
  await openWindow(appState(now));
  expect({ ...screen.getByTestId('gateway').dataset }).toMatchObject({
    gateway: 'reference',
    pid: '48213',
    proof: 'verified',
    build: '0.1.0+9f3c21ab',
  });
  expect(textOf('gateway-state')).toBe('Running · healthy for 2h 13m');
});

test('a button can’t be pressed twice while its intent is on the way', async () => {
  let done = (): void => undefined;
  const { sent } = await openWindow(appState(now), 'status', {
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
  const { bridge } = await openWindow(appState(now));
  act(() => bridge.publish({ link: { status: 'lost', problem: { message: 'It ended.' } } }));
  expect(textOf('link-banner')).toContain('Reconnecting to Holdfast’s background service…');
  expect(textOf('gateway-state')).toContain('Running');
  expect(enabled()).toEqual([]);
});

test('the settings open the profiles folder', async () => {
  const { sent } = await openWindow(appState(now), 'settings');
  fireEvent.click(screen.getByTestId('profiles-reveal'));
  await waitFor(() => expect(sent('profile.reveal').length).toBe(1));
});

// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { stateName } from '../../../electron/contract/words.ts';
import { truths } from '../../format/words.ts';
import { manyGateways } from '../../test/many-samples.ts';
import { appState, gateway, gatewayStates } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const states = gatewayStates(now);
const twelve = appState(now, { gateways: manyGateways(now, 12) });

/** The names in the order shown. */
function namesIn(testId: string): (string | null)[] {
  return within(screen.getByTestId(testId))
    .getAllByRole('heading')
    .map((heading) => heading.textContent);
}

test('home shows all gateways, those with a problem first and with their problem', async () => {
  await openWindow(twelve, 'home');
  expect(textOf('home-title')).toBe('3 of 12 gateways have a problem');
  expect(namesIn('home-troubled')).toEqual(['Home automation hub', 'LiteLLM proxy', 'Open WebUI']);
  expect(namesIn('home-rest').length).toBe(9);
  expect(textOf('home-problem-gateway-3')).toBe('Discord needs you: The token was refused');
  expect(textOf('home-problem-gateway-4')).toContain('Port 18790 is held by node');
});

test.each([
  ['running', 'Running · 2h 13m · port 18790 · no restarts today', 'good'],
  ['waiting', 'Waiting to restart · next start in 7s · try 4', 'warning'],
  ['stopped', 'Stopped · last ran 20 minutes ago · port 18790', 'idle'],
  ['failed', 'Can’t start · last ran just now · port 18790', 'bad'],
  ['external', 'Run by others · systemd (hermes-gateway.service)', 'good'],
  ['starting', 'Starting · waiting for it to answer, 4s so far · port 18790', 'busy'],
] as const)('%s: one line of truth, and its own shape [U5]', async (status, line, tone) => {
  const view = states[status];
  expect([stateName(view.state), ...truths(view, now, 0)].join(' · ')).toBe(line);
  await openWindow(appState(now, { gateways: { reference: view } }), 'home');
  expect(textOf('home-line-reference')).toContain(`${stateName(view.state)} · `);
  const card = screen.getByTestId('home-gateway-reference');
  expect(card.querySelector(`[data-shape="${tone}"]`)).toBeTruthy();
});

test('only what makes sense can be done, and is sent for that gateway', async () => {
  const { sent } = await openWindow(twelve, 'home');
  expect(screen.queryByTestId('home-start-gateway-0')).toBeNull();
  fireEvent.click(screen.getByTestId('home-restart-gateway-0'));
  fireEvent.click(screen.getByTestId('home-stop-gateway-0'));
  fireEvent.click(screen.getByTestId('home-start-gateway-6'));
  fireEvent.click(screen.getByTestId('home-update-gateway-5'));
  fireEvent.click(screen.getByTestId('problem-retry-gateway-4'));
  await waitFor(() => expect(sent('gateway.update')).toEqual([{ id: 'gateway-5' }]));
  expect(sent('gateway.restart')).toEqual([{ id: 'gateway-0' }]);
  expect(sent('gateway.stop')).toEqual([{ id: 'gateway-0' }]);
  expect(sent('gateway.start')).toEqual([{ id: 'gateway-6' }, { id: 'gateway-4' }]);
});

test('a card opens its gateway, and its log button the log', async () => {
  await openWindow(twelve, 'home');
  fireEvent.click(screen.getByTestId('home-open-gateway-6'));
  expect(screen.getByTestId('gateway').dataset.gateway).toBe('gateway-6');
  fireEvent.click(screen.getByTestId('nav-home'));
  fireEvent.click(screen.getByTestId('home-logs-gateway-7'));
  expect(screen.getByTestId('logs').dataset.gateway).toBe('gateway-7');
});

test('Tab stops at one card and its buttons; the arrow keys go from card to card', async () => {
  await openWindow(twelve, 'home');
  const stops = () =>
    [...screen.getByTestId('home').querySelectorAll<HTMLElement>('button')].filter(
      ({ tabIndex }) => tabIndex === 0,
    );
  expect(stops()[0]).toBe(screen.getByTestId('home-open-gateway-4'));
  // The card, its four buttons beside the problem, and its two actions.
  expect(stops().length).toBe(7);
  screen.getByTestId('home-open-gateway-4').focus();
  fireEvent.keyDown(screen.getByTestId('home-open-gateway-4'), { key: 'ArrowDown' });
  expect(document.activeElement).toBe(screen.getByTestId('home-open-gateway-3'));
  fireEvent.keyDown(screen.getByTestId('home-open-gateway-3'), { key: 'Home' });
  fireEvent.keyDown(screen.getByTestId('home-open-gateway-4'), { key: 'ArrowUp' });
  expect(document.activeElement).toBe(screen.getByTestId('home-open-gateway-6'));
  expect(stops()[0]).toBe(document.activeElement);
  // Its buttons belong to it: from them, Tab leads back to the card.
  act(() => screen.getByTestId('home-start-gateway-6').focus());
  expect(stops()[0]).toBe(screen.getByTestId('home-open-gateway-6'));
});

test.each([
  [{ reference: gateway(now) }, 'Everything is running'],
  [{ reference: states.stopped }, 'Nothing is running'],
  [{ reference: states.failed }, 'There is a problem'],
  [manyGateways(now, 2), 'Everything is running'],
  [
    { reference: gateway(now), other: { ...states.stopped, id: 'other' } },
    '1 of 2 gateways are running',
  ],
])('the headline says how all of them are', async (gateways, title) => {
  await openWindow(appState(now, { gateways }), 'home');
  expect(textOf('home-title')).toBe(title);
});

test('each card has the last 24 hours as a strip, and the restarts in them', async () => {
  const gateways = { reference: { ...gateway(now), lastEvent: 7 } };
  const { sent } = await openWindow(appState(now, { gateways }), 'home', {
    'events.summary': ({ from, to }) => ({
      from,
      to,
      segments: [
        { from, to: to - 1_000, status: 'down', reason: 'It crashed: exit code 1.' },
        { from: to - 1_000, to, status: 'up', reason: 'Up.' },
      ],
      availability: 1,
      longestAbsence: null,
      restarts: 2,
    }),
  });
  const strip = await screen.findByRole('slider', { name: /, the last 24 hours$/ });
  expect(strip.querySelectorAll('[data-status="down"]').length).toBe(1);
  expect(textOf('home-line-reference')).toContain('2 restarts today');
  expect(sent('events.summary').length).toBe(1);
  fireEvent.keyDown(strip, { key: 'Home' });
  expect(textOf('strip-hint')).toContain('It crashed: exit code 1.');
});

test('what is only remembered has no colour and is not claimed', async () => {
  const { bridge } = await openWindow(appState(now), 'home');
  act(() => bridge.publish({ link: { status: 'lost', problem: { message: 'It ended.' } } }));
  expect(textOf('home-title')).toBe('Your gateways');
  expect(screen.getByTestId('home-gateway-reference').dataset.tone).toBe('idle');
  expect(screen.queryByTestId('home-stop-reference')).toBeNull();
});

const brokenFile = {
  id: 'profile-broken.json',
  file: 'broken.json',
  problem: {
    message: 'broken.json can’t be used: the command is missing; the port must be a number.',
    hint: 'Correct /home/alex/.config/Holdfast/profiles/broken.json.',
  },
};

test('a profile that can’t be used is named on home with a button that opens it, and hinted at elsewhere', async () => {
  const { sent, holdfast } = await openWindow(appState(now, { problems: [brokenFile] }), 'home');
  expect(textOf('broken-broken.json')).toContain(
    'broken.json can’t be used: the command is missing; the port must be a number.',
  );
  fireEvent.click(screen.getByTestId('broken-open-broken.json'));
  await waitFor(() => expect(sent('profile.open')).toEqual([{ file: 'broken.json' }]));
  act(() => holdfast.open('settings'));
  expect(screen.queryByText(/broken\.json/)).toBeNull();
  expect(screen.getByTestId('home-mark').title).toBe('A profile can’t be used');
});

test('the gateway whose own file is broken says so, and that it goes by the file as it was', async () => {
  const own = { ...brokenFile, file: 'reference.json' };
  await openWindow(appState(now, { problems: [own] }), 'status');
  expect(textOf('broken-reference.json')).toContain('what was in the file before is in force');
});

// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { appState } from '../../test/samples.ts';
import { gatewayUpdates, versioned } from '../../test/version-samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const gateways = { reference: versioned(now) };
const updates = gatewayUpdates(now);

test('a newer version is offered with what an update does, and installed at a click', async () => {
  const { sent } = await openWindow(appState(now, { gateways }));
  expect(textOf('gateway-version-offer')).toContain('OpenClaw 2026.11.2 is available.');
  expect(textOf('gateway-version-offer')).toContain(
    'If the new version fails, the old one comes back.',
  );
  fireEvent.click(screen.getByTestId('gateway-install-version'));
  await waitFor(() => expect(sent('gateway.update')).toEqual([{ id: 'reference' }]));
});

test('a new version that is being watched can be kept, or the old one brought back', async () => {
  const shown = { gateways, gatewayUpdates: { reference: updates.confirming } };
  const { sent, bridge } = await openWindow(appState(now, shown));
  expect(textOf('gateway-updating')).toContain('was updated from 2026.9.6 to 2026.11.2');
  fireEvent.click(screen.getByTestId('gateway-keep-version'));
  await waitFor(() => expect(sent('gateway.keepVersion')).toEqual([{ id: 'reference' }]));
  fireEvent.click(screen.getByTestId('gateway-undo-version'));
  await waitFor(() => expect(sent('gateway.undoVersion')).toEqual([{ id: 'reference' }]));
  act(() => bridge.publish({ gatewayUpdates: { reference: updates.installing } }));
  expect(screen.queryByTestId('gateway-keep-version')).toBeNull();
});

test.each([
  ['committed', '2026.9.6 → 2026.11.2, installed'],
  ['put-back', '2026.9.6 → 2026.11.2, undone'],
] as const)(
  'the last update, %s, is told with how long the gateway was away',
  async (name, words) => {
    await openWindow(appState(now, { gateways, gatewayUpdates: { reference: updates[name] } }));
    expect(textOf('fact-last-update')).toContain(words);
    expect(textOf('fact-last-update')).toContain('away for 32s');
  },
);

test('what the updater itself recorded stands beside the last update', async () => {
  const { update, receipt } = updates.committed;
  const own = {
    outcome: 'success',
    good: true,
    unchanged: false,
    reason: null,
    before: 'a'.repeat(40),
    after: 'b'.repeat(40),
  };
  const reference = { update, receipt: receipt && { ...receipt, own } };
  const { bridge } = await openWindow(appState(now, { gateways, gatewayUpdates: { reference } }));
  expect(textOf('fact-own-receipt')).toContain('it worked (aaaaaaaa → bbbbbbbb)');
  const refused = { ...own, good: false, unchanged: true, reason: 'managed by docker' };
  act(() =>
    bridge.publish({
      gatewayUpdates: { reference: { update, receipt: receipt && { ...receipt, own: refused } } },
    }),
  );
  expect(textOf('fact-own-receipt')).toContain('it changed nothing: managed by docker');
});

test('when new versions are installed is a choice, and what is waited for is told', async () => {
  const { sent, bridge } = await openWindow(appState(now, { gateways }));
  expect(screen.getByTestId('gateway-update-when').dataset.value).toBe('ask');
  fireEvent.click(screen.getByTestId('gateway-update-when-night'));
  await waitFor(() =>
    expect(sent('gateway.updateWhen')).toEqual([{ id: 'reference', when: 'night' }]),
  );
  const waiting = { ...versioned(now), updateWhen: 'night', updateWaits: 'night' };
  act(() => bridge.publish({ gateways: { reference: waiting } }));
  expect(screen.getByTestId('gateway-update-when').dataset.value).toBe('night');
  expect(textOf('gateway-version-offer')).toContain('It will be installed at night');
});

test('an update that was undone says why', async () => {
  const shown = { gateways, gatewayUpdates: { reference: updates['put-back'] } };
  await openWindow(appState(now, shown));
  expect(textOf('gateway-update-problem')).toContain('did not start in 3 tries');
});

test('a gateway whose profile says nothing about versions shows nothing of them', async () => {
  await openWindow(appState(now));
  expect(screen.queryByTestId('gateway-version')).toBeNull();
});

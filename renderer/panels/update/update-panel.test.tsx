// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { UpdateStatus } from '../../../electron/contract/update.ts';
import { transactionIn } from '../../../electron/testing/app-states.ts';
import type { BridgeCall } from '../../bridge.ts';
import { appState, gateway, receipt, richReceipt, updateStates } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const states = updateStates(now);

/** What puts an offer off, and what helps after a failure: see the tests below. */
const besides = ['Later', 'Skip this version', 'Show log'];

/** What each state must say and offer. Typed by status, so that a new state can't be forgotten. */
const expected: Readonly<
  Record<UpdateStatus, { says: RegExp; offers: Partial<Record<string, BridgeCall>> }>
> = {
  unavailable: { says: /package manager updates it/, offers: {} },
  idle: { says: /Not checked yet/, offers: { 'Check for updates': 'update.check' } },
  checking: { says: /Looking for a newer version/, offers: {} },
  'up-to-date': { says: /newest version/, offers: { 'Check again': 'update.check' } },
  available: { says: /0\.2\.0 is available/, offers: { Download: 'update.download' } },
  downloading: {
    says: /42 % · 54\.2 MB of 128 MB/,
    offers: { Pause: 'update.pause', Cancel: 'update.cancel' },
  },
  paused: {
    says: /is paused.*42 % · 54\.2 MB of 128 MB/,
    offers: { Resume: 'update.download', Cancel: 'update.cancel' },
  },
  ready: { says: /everything is undone/, offers: { 'Update now': 'update.install' } },
  preparing: { says: /Nothing has been touched yet/, offers: { Cancel: 'update.cancel' } },
  releasing: { says: /finish their work, \d+s left/, offers: { Cancel: 'update.cancel' } },
  held: {
    says: /Visual Studio Code and bash hold files/,
    offers: { 'Try again': 'update.retry', 'Cancel the update': 'update.cancel' },
  },
  installing: { says: /put in place/, offers: {} },
  'handed-over': { says: /opens again in a moment/, offers: {} },
  failed: {
    says: /disk holding \/home is full/,
    offers: { 'Try the update again': 'update.retry' },
  },
};

afterEach(() => vi.useRealTimers());

const offer = { version: '0.2.0', notes: '', size: 100 };

const statuses = Object.values(states).map(({ status }) => status);

test.each(statuses)('%s: says what goes on and offers exactly what can be done', async (status) => {
  const { says, offers } = expected[status];
  const { sent } = await openWindow(appState(now, { update: states[status] }), 'update');
  expect(screen.getByTestId('update').dataset.status).toBe(status);
  expect(textOf('update-card')).toMatch(says);
  const card = within(screen.getByTestId('update-card'));
  const buttons = card.queryAllByRole('button');
  const labels = buttons.map(({ textContent }) => textContent);
  expect(labels.filter((label) => !besides.includes(label))).toEqual(Object.keys(offers));
  for (const [label, call] of Object.entries(offers)) {
    if (!call) continue;
    fireEvent.click(card.getByRole('button', { name: label }));
    await waitFor(() => expect(sent(call).length).toBe(1));
  }
});

test('a download to which nothing comes says so, and no more when something comes', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const { downloading } = states;
  const { bridge } = await openWindow(appState(now, { update: downloading }), 'update');
  expect(screen.queryByTestId('update-silence')).toBeNull();
  await act(() => vi.advanceTimersByTimeAsync(7_000));
  expect(textOf('update-silence')).toMatch(/sent nothing for \ds/);
  const more = { status: 'downloading', ...offer, transferred: 60, total: 100, rate: 1 } as const;
  act(() => bridge.publish({ update: more }));
  expect(screen.queryByTestId('update-silence')).toBeNull();
});

test('while an update runs: what was done so far, each with its time and its gateway', async () => {
  const steps = [
    { name: 'releasing', at: now - 2_500 },
    { name: 'gateway-stopped', at: now - 2_100, detail: 'reference' },
    { name: 'files-compared', at: now - 2_000 },
  ];
  const transaction = { ...transactionIn('replacing'), steps };
  await openWindow(appState(now, { transaction, update: states['handed-over'] }), 'update');
  const shown = within(screen.getByTestId('transaction-steps')).getAllByRole('listitem');
  const { name } = gateway(now);
  expect(shown.map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^\+0ms.*Stopping/),
    `+0.4s${name} stopped`,
    '+0.5sNew files checked',
  ]);
});

test('lists the updates before, each with its outcome, without the one that is shown [U7]', async () => {
  const shown = receipt(now);
  const undone = receipt(now, {
    attempt: '1700000000000-abcdef01',
    outcome: 'put-back',
    problem: { message: 'The new gateway did not answer.' },
  });
  const done = receipt(now, { attempt: '1690000000000-abcdef02', outcome: 'committed' });
  const all = { 'receipt.list': () => [shown, undone, done] };
  await openWindow(appState(now, { receipt: shown }), 'update', all);
  const items = await screen.findAllByTestId('earlier-update');
  expect(items.map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/The new gateway did not answer\.Undone$/),
    expect.stringMatching(/Done$/),
  ]);
});

test.each(['available', 'ready'] as const)(
  'a version that is %s can be skipped or put off, and offered again',
  async (status) => {
    const { bridge, sent } = await openWindow(appState(now, { update: states[status] }), 'update');
    expect(screen.getByTestId('update-mark')).toBeTruthy();
    fireEvent.click(screen.getByTestId('update-later'));
    fireEvent.click(screen.getByTestId('update-skip'));
    await waitFor(() => expect(sent('settings.change')).toHaveLength(2));
    const [later, skip] = sent('settings.change');
    expect(skip).toEqual({ skippedVersion: '0.2.0' });
    expect(later).toEqual({ laterVersion: { version: '0.2.0', until: expect.any(Number) } });

    const { settings } = appState(now);
    const laterVersion = { version: '0.2.0', until: now + 24 * 3_600_000 };
    act(() => bridge.publish({ settings: { ...settings, laterVersion } }));
    expect(textOf('put-off')).toMatch(/Version 0\.2\.0 is offered again on .*\d/);
    expect(screen.queryByTestId('update-mark')).toBeNull();

    act(() => bridge.publish({ settings: { ...settings, skippedVersion: '0.2.0' } }));
    expect(textOf('put-off')).toContain('You skip version 0.2.0.');
    expect(screen.queryByTestId('update-mark')).toBeNull();
    expect(screen.queryByTestId('update-skip')).toBeNull();
    fireEvent.click(screen.getByTestId('put-off-undo'));
    await waitFor(() =>
      expect(sent('settings.change')[2]).toEqual({ skippedVersion: null, laterVersion: null }),
    );

    act(() => bridge.publish({ settings: { ...settings, skippedVersion: '0.1.5' } }));
    expect(screen.getByTestId('update-mark')).toBeTruthy();
  },
);

test('a version that is installed by itself says when, and what holds it up', async () => {
  const settings = { ...appState(now).settings, installUpdates: 'night' as const };
  const update = { status: 'ready', version: '0.2.0', notes: '', size: 1 } as const;
  const { bridge } = await openWindow(appState(now, { update, settings }), 'update');
  expect(screen.getByTestId('update-begins').textContent).toMatch(/between two and five at night/);
  act(() => bridge.publish({ updateHeldUp: 'battery' }));
  expect(screen.getByTestId('update-begins').textContent).toMatch(/^Waiting until the battery/);
  act(() => bridge.publish({ settings: { ...settings, skippedVersion: '0.2.0' } }));
  expect(screen.queryByTestId('update-begins')).toBeNull();
  act(() => bridge.publish({ settings: { ...settings, installUpdates: 'ask' } }));
  expect(screen.queryByTestId('update-begins')).toBeNull();
});

test('the settings say which version is skipped, until it is installed', async () => {
  const { settings, app } = appState(now);
  const state = appState(now, { settings: { ...settings, skippedVersion: '0.2.0' } });
  const { bridge } = await openWindow(state, 'settings');
  expect(textOf('put-off')).toContain('You skip version 0.2.0.');
  act(() => bridge.publish({ app: { ...app, version: '0.2.0' } }));
  expect(screen.queryByTestId('put-off')).toBeNull();
});

test.each(['put-back', 'failed'] as const)(
  'after an update that ended as %s it can be tried again or skipped, and its log shown [U27]',
  async (outcome) => {
    const { bridge, sent } = await openWindow(
      appState(now, { update: states.idle, receipt: receipt(now, { outcome }) }),
      'update',
    );
    const next = within(screen.getByTestId('receipt-next'));
    fireEvent.click(next.getByRole('button', { name: 'Try again' }));
    fireEvent.click(next.getByRole('button', { name: 'Skip this version' }));
    fireEvent.click(next.getByRole('button', { name: 'Show log' }));
    await waitFor(() => expect(sent('log.reveal')).toEqual([{}]));
    expect(sent('update.retry')).toHaveLength(1);
    expect(sent('settings.change')).toEqual([{ skippedVersion: '0.2.0' }]);
    // The card above has the version then.
    act(() => bridge.publish({ update: states.ready }));
    expect(next.queryByRole('button', { name: 'Try again' })).toBeNull();
  },
);

test('progress moves with the patches', async () => {
  const { bridge } = await openWindow(appState(now, { update: states.downloading }), 'update');
  const progress = screen.getByTestId('update-progress');
  expect(progress.getAttribute('max')).toBe('128400000');
  if (states.downloading.status !== 'downloading') throw new Error('Wrong sample.');
  const update = { ...states.downloading, transferred: 128_400_000 };
  act(() => bridge.publish({ update }));
  expect(progress.dataset.percent).toBe('100');
  expect(textOf('update-rate')).toBe('6.3 MB/s');
});

test('before an update the plan says what happens to each gateway, and warns of an impossible escape', async () => {
  const state = appState(now, {
    update: states.ready,
    gateways: {
      a: gateway(now, { id: 'a', name: 'A', policy: 'keep' }),
      b: gateway(now, { id: 'b', name: 'B', policy: 'release' }),
      c: gateway(now, { id: 'c', name: 'C', desired: 'stopped', state: { status: 'stopped' } }),
    },
  });
  const { bridge } = await openWindow(state, 'update');
  expect(textOf('update-plan')).toContain('A runs on through the whole update');
  expect(textOf('update-plan')).toContain('B is stopped while its files are replaced');
  expect(textOf('update-plan')).toContain('C stays stopped');
  expect(screen.queryByTestId('update-escape-warning')).toBeNull();
  if (state.link.status !== 'connected') throw new Error('Wrong sample.');
  const watcher = {
    ...state.link.watcher,
    escape: { rung: 'setsid', proof: 'impossible', detail: 'Same cgroup.' } as const,
  };
  act(() => bridge.publish({ link: { status: 'connected', watcher } }));
  expect(screen.getByTestId('update-escape-warning')).toBeTruthy();
});

test('a refused update is shown as a sentence', async () => {
  await openWindow(appState(now, { update: states.ready }), 'update', {
    'update.install'() {
      throw new Error('The background service is not connected. Try again in a moment.');
    },
  });
  fireEvent.click(screen.getByTestId('update-install'));
  const toast = await screen.findByTestId('toast');
  expect(toast.textContent).toContain(
    'The background service is not connected. Try again in a moment.',
  );
});

test('notes never become markup [U26]', async () => {
  const update = { ...states.available, notes: '<img src=x onerror=alert(1)> **safe**' };
  await openWindow(appState(now, { update }), 'update');
  expect(screen.getByTestId('update-notes').querySelector('img')).toBeNull();
  expect(textOf('update-notes')).toContain('safe');
});

test('a receipt can be read by people and by programs', async () => {
  const sample = receipt(now);
  const { sent } = await openWindow(appState(now, { receipt: sample }), 'update');
  expect(textOf('receipt-headline')).toBe('Back after 41ms — the new version answers');
  const card = screen.getByTestId('receipt');
  expect(card.dataset.attempt).toBe(sample.attempt);
  expect(card.dataset.outcome).toBe('back');
  expect(JSON.parse(card.dataset.receipt ?? '')).toEqual(sample);
  const after = sample.gateways[0]?.after;
  expect({ ...screen.getByTestId('receipt-gateway-reference').dataset }).toMatchObject({
    policy: 'swap',
    result: 'replaced',
    proof: 'verified',
    absenceMs: '41',
    pid: String(after?.identity.pid),
    nonce: after?.identity.nonce,
    build: after?.build,
    beforePid: '48213',
  });
  fireEvent.click(screen.getByTestId('receipt-dismiss'));
  await waitFor(() => expect(sent('receipt.dismiss').length).toBe(1));
});

test('a kept gateway was never away, and a restored one says why', async () => {
  await openWindow(appState(now, { receipt: richReceipt(now) }), 'update');
  expect(screen.getByTestId('receipt').dataset.outcome).toBe('committed');
  expect(textOf('receipt-gateway-openclaw')).toContain('never');
  expect(textOf('receipt-gateway-hermes')).toContain('Its update command ended with exit code 1.');
});

test('a gateway that was rolled back while Holdfast was updated can be tried again alone', async () => {
  const { sent } = await openWindow(appState(now, { receipt: richReceipt(now) }), 'update');
  fireEvent.click(screen.getByTestId('receipt-again-hermes'));
  await waitFor(() => expect(sent('gateway.update')).toEqual([{ id: 'hermes' }]));
  expect(screen.queryByTestId('receipt-again-openclaw')).toBeNull();
});

test('no gateway can be tried again alone when the whole update was rolled back', async () => {
  const receipt = { ...richReceipt(now), outcome: 'put-back' as const };
  await openWindow(appState(now, { receipt }), 'update');
  expect(screen.queryByTestId('receipt-again-hermes')).toBeNull();
});

test('the kept version is gone back to only once that is confirmed [R152]', async () => {
  const { bridge, sent } = await openWindow(appState(now, { keptVersion: '0.0.9' }), 'update');
  fireEvent.click(screen.getByText('Go back to 0.0.9…'));
  expect(textOf('go-back-question')).toMatch(/Go back to version 0\.0\.9\?.*0\.1\.0 is kept then/);
  fireEvent.click(within(screen.getByTestId('go-back-question')).getByText('Cancel'));
  expect(screen.queryByTestId('go-back-question')).toBeNull();
  expect(sent('update.goBack')).toEqual([]);
  fireEvent.click(screen.getByTestId('go-back'));
  fireEvent.click(screen.getByTestId('go-back-now'));
  await waitFor(() => expect(sent('update.goBack')).toHaveLength(1));
  act(() =>
    bridge.publish({ update: { status: 'preparing', version: '0.0.9', notes: '', size: 100 } }),
  );
  expect(textOf('update-card')).toContain('Going back to Holdfast 0.0.9');
  expect(screen.queryByTestId('kept-card')).toBeNull();
});

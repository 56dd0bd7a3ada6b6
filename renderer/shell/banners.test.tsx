// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { transactionIn } from '../../electron/testing/app-states.ts';
import { appState, receipt } from '../test/samples.ts';
import { openWindow, textOf } from '../test/window.tsx';

const now = Date.now();
const asking = { ...transactionIn('confirming'), deadline: now + 290_000 };

test('every view asks whether a new version that serves stays, and how long there is to answer', async () => {
  const state = appState(now, { transaction: asking, receipt: receipt(now, { outcome: 'back' }) });
  const { bridge, holdfast, sent } = await openWindow(state, 'home');
  for (const view of ['home', 'update', 'settings'] as const) {
    act(() => holdfast.open(view));
    expect(textOf('confirm-banner')).toMatch(
      new RegExp(`Holdfast ${asking.toVersion} runs now\\. Keep it\\?.*4m \\d+s left`),
    );
  }
  expect(screen.queryByTestId('receipt-banner')).toBeNull();
  fireEvent.click(screen.getByText(`Keep version ${asking.toVersion}`));
  await waitFor(() => expect(sent('update.keepVersion')).toHaveLength(1));
  fireEvent.click(screen.getByText(`Go back to ${asking.fromVersion}`));
  await waitFor(() => expect(sent('update.undoVersion')).toHaveLength(1));
  act(() => bridge.publish({ transaction: null }));
  expect(screen.queryByTestId('confirm-banner')).toBeNull();
});

test('nothing is asked while the new version is still being watched', async () => {
  await openWindow(appState(now, { transaction: transactionIn('soaking') }), 'home');
  expect(screen.queryByTestId('confirm-banner')).toBeNull();
});

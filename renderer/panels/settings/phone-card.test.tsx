// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { PhoneView } from '../../../electron/contract/phone.ts';
import { appState } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const none: PhoneView = { target: null, tell: 'problems', last: null };
const set: PhoneView = { ...none, target: { kind: 'ntfy', host: 'ntfy.sh' } };
const address = 'https://ntfy.sh/my-very-secret-topic';

test('an address is saved, and only its host is left in the window', async () => {
  const { sent } = await openWindow(appState(now), 'settings', {
    'phone.show': () => none,
    'phone.set': () => set,
  });
  const field = await screen.findByTestId('phone-address');
  fireEvent.change(field, { target: { value: ` ${address} ` } });
  fireEvent.click(screen.getByTestId('phone-save'));
  await waitFor(() => expect(textOf('phone-target')).toContain('ntfy.sh'));
  expect(sent('phone.set')).toEqual([{ kind: 'ntfy', address, tell: 'problems' }]);
  fireEvent.click(screen.getByTestId('phone-change'));
  expect(document.body.innerHTML).not.toContain('secret-topic');
  expect(screen.getByTestId('phone-address')).toHaveProperty('value', '');
});

test('an address that is refused stays in its field, and a sentence says why', async () => {
  await openWindow(appState(now), 'settings', {
    'phone.show': () => none,
    'phone.set': () => {
      throw new Error('The address must begin with https://.');
    },
  });
  const field = await screen.findByTestId('phone-address');
  fireEvent.change(field, { target: { value: 'http://ntfy.sh/x' } });
  fireEvent.click(screen.getByTestId('phone-save'));
  await screen.findByText('The address must begin with https://.');
  expect(field).toHaveProperty('value', 'http://ntfy.sh/x');
});

test('a test says what the server answered', async () => {
  const { sent } = await openWindow(appState(now), 'settings', {
    'phone.show': () => set,
    'phone.test': () => ({ arrived: false, answer: 'ntfy.sh answers 403 Forbidden.' }),
  });
  fireEvent.click(await screen.findByTestId('phone-test'));
  await waitFor(() => expect(textOf('phone-answer')).toBe('ntfy.sh answers 403 Forbidden.'));
  expect(sent('phone.test')).toEqual([null]);
});

test('what was not delivered is said, with when it is tried again', async () => {
  const last = { at: now, problem: 'ntfy.sh answers 500.', nextAt: now + 120_000 };
  await openWindow(appState(now), 'settings', { 'phone.show': () => ({ ...set, last }) });
  await waitFor(() =>
    expect(textOf('settings-phone')).toMatch(
      /has not arrived: ntfy\.sh answers 500\. Tried again in/,
    ),
  );
});

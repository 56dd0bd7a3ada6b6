// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { presetViews, reporting } from '../../test/add-samples.ts';
import { appState } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const presets = { 'preset.list': presetViews };

test('a gateway that was found is offered, and looked after at a click', async () => {
  const { sent } = await openWindow(appState(now), 'add', presets);
  fireEvent.click(await screen.findByTestId('offer-add-hermes-work'));
  await waitFor(() =>
    expect(sent('profile.save')).toMatchObject([{ profile: { id: 'hermes-work' } }]),
  );
  await waitFor(() =>
    expect(sent('settings.change')).toEqual([{ selectedGateway: 'hermes-work' }]),
  );
});

test('a gateway that is looked after already is not offered again', async () => {
  const gateways = {
    hermes: reporting(now),
    'hermes-work': { ...reporting(now), id: 'hermes-work' },
  };
  await openWindow(appState(now, { gateways }), 'add', presets);
  await screen.findByTestId('add-command');
  expect(screen.queryByTestId('add-found')).toBeNull();
  expect(screen.queryByTestId('offers-banner')).toBeNull();
});

test('a form is sent when everything needed is typed, and says why it was refused', async () => {
  const { sent, holdfast } = await openWindow(appState(now), 'add', {
    ...presets,
    'preset.add': () => {
      throw new Error('The address must begin with http:// or https://.');
    },
  });
  const add = await screen.findByTestId('add-submit-remote');
  expect(add.hasAttribute('disabled')).toBe(true);
  expect(textOf('add-reason-remote')).toBe('Name: nothing is typed yet.');
  const type = (name: string, value: string) =>
    fireEvent.change(screen.getByTestId(`remote-${name}`), { target: { value } });
  type('name', 'Mine');
  act(() => holdfast.open('settings'));
  act(() => holdfast.open('add'));
  await screen.findByTestId('add-submit-remote');
  type('url', 'x');
  fireEvent.click(screen.getByTestId('add-submit-remote'));
  await waitFor(() =>
    expect(sent('preset.add')).toEqual([{ id: 'remote', values: { name: 'Mine', url: 'x' } }]),
  );
  await waitFor(() => expect(textOf('add-problem-remote')).toContain('must begin with'));
});

test('finds are offered in every view, until they are dismissed', async () => {
  const { sent } = await openWindow(appState(now), 'status', presets);
  await screen.findByTestId('offers-banner');
  expect(textOf('offers-banner')).toContain('Found on this machine: Hermes, Hermes (work)');
  fireEvent.click(screen.getByTestId('offers-banner-dismiss'));
  await waitFor(() =>
    expect(sent('settings.change')).toEqual([{ offersDismissed: ['hermes', 'hermes-work'] }]),
  );
});

test('a list that could not be read can be asked for again', async () => {
  let asked = 0;
  await openWindow(appState(now), 'add', {
    'preset.list': () => {
      asked += 1;
      if (asked > 2) return presetViews();
      throw new Error('Holdfast’s background service knows no call named "preset.list".');
    },
  });
  await screen.findByTestId('add-error');
  fireEvent.click(screen.getByText('Try again'));
  await screen.findByTestId('add-command');
});

test('a gateway’s report is shown; that it restarts when idle can be asked for and taken back [U23]', async () => {
  const { restartWhenIdle: _, ...view } = reporting(now);
  const { sent, bridge } = await openWindow(appState(now, { gateways: { hermes: view } }));
  expect(textOf('report-busy')).toBe('3 tasks');
  expect(textOf('part-discord')).toContain('The token was refused');
  fireEvent.click(screen.getByTestId('gateway-restart-idle'));
  await waitFor(() => expect(sent('gateway.restart')).toEqual([{ id: 'hermes', when: 'idle' }]));
  act(() => bridge.publish({ gateways: { hermes: { ...view, restartWhenIdle: true } } }));
  expect(screen.getByTestId('gateway-restart-idle').ariaPressed).toBe('true');
  fireEvent.click(screen.getByTestId('gateway-restart-idle'));
  await waitFor(() => expect(sent('gateway.restart')[1]).toEqual({ id: 'hermes', when: 'not' }));
});

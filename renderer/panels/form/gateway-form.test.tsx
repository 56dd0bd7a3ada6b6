// @vitest-environment jsdom
/** The form of a gateway, in the window, to add one and to edit one. */
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { hiddenValue } from '../../../electron/contract/profile-id.ts';
import { presetViews, profiles } from '../../test/add-samples.ts';
import { appState, gateway } from '../../test/samples.ts';
import { openWindow, textOf } from '../../test/window.tsx';

const now = Date.now();
const presets = { 'preset.list': presetViews };
const type = (testId: string, value: string) =>
  fireEvent.change(screen.getByTestId(testId), { target: { value } });
const isDisabled = (testId: string) => screen.getByTestId(testId).hasAttribute('disabled');

/** As the app passes profiles on: without the values of variables. */
const hidden = () =>
  profiles().map((one) => ({
    ...one,
    env: Object.fromEntries(Object.keys(one.env).map((name) => [name, hiddenValue])),
  }));

function openSettings(handlers: Parameters<typeof openWindow>[2] = {}) {
  const gateways = {
    hermes: gateway(now, { id: 'hermes', name: 'Hermes' }),
    reference: gateway(now),
  };
  const settings = { ...appState(now).settings, selectedGateway: 'hermes' };
  const state = appState(now, { gateways, settings });
  return openWindow(state, 'profile', { 'profile.list': hidden, ...handlers });
}

async function openForm(): Promise<void> {
  await waitFor(() => expect(isDisabled('profile-edit-open')).toBe(false));
  fireEvent.click(screen.getByTestId('profile-edit-open'));
}

test('a gateway is added under any name, with an id that is made [U16]', async () => {
  const { sent } = await openWindow(appState(now), 'add', presets);
  await screen.findByTestId('gateway-form');
  expect(textOf('form-reason')).toBe('Give it a name.');
  type('form-name', '方舟');
  expect(textOf('form-reason')).toBe('Type the program that starts it.');
  type('form-line', '~/bin/ark "the sea"');
  type('form-port', '8080');
  expect(isDisabled('form-submit')).toBe(false);
  fireEvent.click(screen.getByTestId('form-submit'));
  await waitFor(() => expect(sent('settings.change')).toEqual([{ selectedGateway: 'gateway' }]));
  expect(sent('profile.save')).toMatchObject([
    {
      profile: {
        id: 'gateway',
        name: '方舟',
        program: { command: '/home/alex/bin/ark', args: ['the sea'] },
        port: 8080,
        readiness: { type: 'tcp' },
      },
    },
  ]);
});

test('what is typed is still there when one comes back from another view [U18]', async () => {
  const { holdfast } = await openWindow(appState(now), 'add', presets);
  await screen.findByTestId('gateway-form');
  type('form-name', 'Ark');
  type('form-line', 'ark');
  act(() => holdfast.open('settings'));
  expect(screen.queryByTestId('gateway-form')).toBeNull();
  act(() => holdfast.open('add'));
  expect((await screen.findByTestId<HTMLInputElement>('form-name')).value).toBe('Ark');
  expect(screen.getByTestId<HTMLTextAreaElement>('form-line').value).toBe('ark');
});

test('each finding stands at its field, of the window at once and of the machine a moment later', async () => {
  const { sent } = await openWindow(appState(now), 'add', {
    ...presets,
    'profile.check': ({ command }) =>
      command === 'nosuchcommand'
        ? [{ field: 'line', message: 'The program nosuchcommand was not found.' }]
        : [],
  });
  await screen.findByTestId('gateway-form');
  type('form-name', 'Ark');
  type('form-line', 'nosuchcommand');
  await waitFor(() =>
    expect(textOf('form-line-finding')).toBe('The program nosuchcommand was not found.'),
  );
  // It may be installed later.
  expect(textOf('form-submit')).toBe('Add it anyway');
  type('form-port', 'eighty');
  expect(textOf('form-port-finding')).toContain('“eighty” is no port');
  expect(isDisabled('form-submit')).toBe(true);
  expect(textOf('form-reason')).toContain('“eighty” is no port');
  expect(sent('profile.check')).toContainEqual({ command: 'nosuchcommand' });
});

test('a line that needs a shell says so, and a switch has it run by one', async () => {
  const { sent } = await openWindow(appState(now), 'add', presets);
  await screen.findByTestId('gateway-form');
  type('form-name', 'Pipe');
  type('form-line', 'cat log | server');
  expect(textOf('form-line-finding')).toContain('“|” needs a shell');
  fireEvent.click(screen.getByTestId('form-shell'));
  expect(screen.queryByTestId('form-line-finding')).toBeNull();
  fireEvent.click(screen.getByTestId('form-submit'));
  await waitFor(() =>
    expect(sent('profile.save')).toMatchObject([
      { profile: { program: { command: '/bin/sh', args: ['-c', 'cat log | server'] } } },
    ]),
  );
});

test('a refusal is shown in the form, with what was typed', async () => {
  await openWindow(appState(now), 'add', {
    ...presets,
    'profile.save': () => {
      throw new Error('“Ark” was not saved: you did not agree to run it.');
    },
  });
  await screen.findByTestId('gateway-form');
  type('form-name', 'Ark');
  type('form-line', 'ark');
  fireEvent.click(screen.getByTestId('form-submit'));
  await waitFor(() => expect(textOf('form-problem')).toContain('you did not agree'));
  expect(screen.getByTestId<HTMLInputElement>('form-name').value).toBe('Ark');
});

test('an edited gateway keeps what was not typed, also when its file changed meanwhile', async () => {
  let graceMs = 10_000;
  const { sent } = await openSettings({
    'profile.list': () =>
      hidden().map((one) => ({ ...one, stop: { signal: 'SIGINT' as const, graceMs } })),
  });
  await openForm();
  expect(textOf('form-reason')).toBe('Nothing has been changed yet.');
  expect(screen.getByTestId<HTMLTextAreaElement>('form-line').value).toBe(
    '/home/alex/.local/bin/hermes gateway run --port 18790',
  );
  type('form-name', 'Hermes II');
  graceMs = 90_000;
  fireEvent.click(screen.getByTestId('form-submit'));
  await waitFor(() => expect(screen.queryByTestId('gateway-form')).toBeNull());
  const [hermes] = hidden().filter(({ id }) => id === 'hermes');
  expect(sent('profile.save')).toEqual([
    {
      profile: { ...hermes, name: 'Hermes II', stop: { signal: 'SIGINT', graceMs: 90_000 } },
    },
  ]);
});

test('a stored value is kept unless another is typed, and typed ones are shown when asked', async () => {
  const { sent } = await openSettings();
  await openForm();
  const value = (row: number) => screen.getByTestId<HTMLInputElement>(`form-variable-value-${row}`);
  expect(value(1).value).toBe('');
  expect(value(1).type).toBe('password');
  type('form-variable-value-1', 'new-token');
  fireEvent.click(screen.getByTestId('form-variables-show'));
  expect(value(1).type).toBe('text');
  fireEvent.click(screen.getByTestId('form-variable-add'));
  type('form-variable-name-2', 'MORE');
  type('form-variable-value-2', '1');
  fireEvent.click(screen.getByTestId('form-submit'));
  await waitFor(() =>
    expect(sent('profile.save')).toMatchObject([
      { profile: { env: { HERMES_HOME: hiddenValue, HERMES_TOKEN: 'new-token', MORE: '1' } } },
    ]),
  );
});

test('an edit that is cancelled leaves nothing behind', async () => {
  const { sent } = await openSettings();
  await openForm();
  type('form-name', 'Other');
  fireEvent.click(screen.getByTestId('form-cancel'));
  fireEvent.click(screen.getByTestId('profile-rename'));
  expect(screen.getByTestId<HTMLInputElement>('form-name').value).toBe('Hermes');
  expect(document.activeElement).toBe(screen.getByTestId('form-name'));
  expect(sent('profile.save')).toEqual([]);
});

test('a test runs what is typed, saves nothing, and shows what was printed', async () => {
  const { sent } = await openWindow(appState(now), 'add', {
    ...presets,
    'profile.test': () => ({
      ran: false,
      outcome: 'It ended by itself after 0.1 s (exit code 3).',
      lines: ['reading', 'no API key'],
    }),
  });
  await screen.findByTestId('gateway-form');
  type('form-name', 'Ark');
  expect(isDisabled('form-test')).toBe(true);
  type('form-line', 'ark --now');
  fireEvent.click(screen.getByTestId('form-test'));
  expect(textOf('form-test')).toContain('Testing');
  await waitFor(() => expect(textOf('trial')).toContain('exit code 3'));
  expect(textOf('trial')).toContain('no API key');
  expect(sent('profile.test')).toMatchObject([
    { profile: { name: 'Ark', program: { command: 'ark', args: ['--now'] } } },
  ]);
  expect(sent('profile.save')).toEqual([]);
});

test('an edit can be tested before anything is changed, with the stored values', async () => {
  const { sent } = await openSettings();
  await openForm();
  expect(isDisabled('form-submit')).toBe(true);
  fireEvent.click(screen.getByTestId('form-test'));
  await waitFor(() => expect(textOf('trial')).toContain('It ran for 10 s.'));
  expect(sent('profile.test')).toMatchObject([
    { profile: { id: 'hermes', env: { HERMES_TOKEN: hiddenValue } } },
  ]);
});

test('program and folder can be chosen; what is of no use is said at the field', async () => {
  let answer: string | null = '/opt/my gateway/run';
  const { sent } = await openWindow(appState(now), 'add', {
    ...presets,
    'path.choose': () => {
      if (answer === null) throw new Error('notes.txt can’t be run.');
      return { path: answer };
    },
  });
  await screen.findByTestId('gateway-form');
  type('form-line', '/bin/old --port 80');
  fireEvent.click(screen.getByTestId('choose-program'));
  const line = () => screen.getByTestId<HTMLTextAreaElement>('form-line').value;
  await waitFor(() => expect(line()).toBe('"/opt/my gateway/run" --port 80'));
  answer = '/opt';
  fireEvent.click(screen.getByTestId('choose-folder'));
  await waitFor(() =>
    expect(screen.getByTestId<HTMLInputElement>('form-folder').value).toBe('/opt'),
  );
  answer = null;
  fireEvent.click(screen.getByTestId('choose-program'));
  await waitFor(() => expect(textOf('form-line-finding')).toBe('notes.txt can’t be run.'));
  expect(line()).toBe('"/opt/my gateway/run" --port 80');
  type('form-line', '/bin/other');
  expect(screen.queryByText('notes.txt can’t be run.')).toBeNull();
  expect(sent('path.choose')).toEqual([
    { kind: 'program', from: '/bin/old' },
    { kind: 'folder' },
    { kind: 'program', from: '/opt/my gateway/run' },
  ]);
});

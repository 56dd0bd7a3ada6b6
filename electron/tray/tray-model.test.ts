import { expect, test } from 'vitest';
import { gateway, identity, running, stateWith } from '../ipc/fixtures.ts';
import { type TrayItem, trayModel } from './tray-model.ts';

const failed = { status: 'failed', problem: { message: 'x' } } as const;
const offer = { version: '1.2.0', notes: '', size: null };
const labels = (items: readonly TrayItem[]) =>
  items.flatMap((item) => (item.type === 'separator' ? [] : [item.label]));
const find = (items: readonly TrayItem[], label: string) =>
  items.find((item) => item.type !== 'separator' && item.label === label);

test('the first line says how the gateway is', () => {
  const model = trayModel(stateWith([gateway('a', running)]));
  expect(model.items[0]).toEqual({ type: 'state', label: 'Gateway a: running' });
  expect(model.icon).toBe('running');
  expect(model.tooltip).toBe('Holdfast – Gateway a: running');
  expect(labels(model.items)).toEqual([
    'Gateway a: running',
    'Restart Gateway',
    'Check for Updates…',
    'Show Holdfast',
    'Show Logs',
    'Quit',
  ]);
});

test('several gateways are summed up, and each can be restarted', () => {
  const model = trayModel(stateWith([gateway('b', failed), gateway('a', running)]));
  expect(labels(model.items).slice(0, 3)).toEqual([
    '1 of 2 gateways running, 1 with trouble',
    'Gateway a: running',
    'Gateway b: needs your attention',
  ]);
  expect(model.icon).toBe('attention');
  expect(find(model.items, 'Restart Gateway')).toMatchObject({
    type: 'submenu',
    items: [
      { label: 'Gateway a', enabled: true, action: { type: 'restart', id: 'a' } },
      { label: 'Gateway b', enabled: true, action: { type: 'restart', id: 'b' } },
    ],
  });
});

test('what others run counts as running, and is restarted only through an owner that takes orders', () => {
  const elsewhere = (takesOrders: boolean) =>
    ({
      status: 'elsewhere',
      since: 1,
      owner: { type: 'systemd', name: 'systemd (a.service)', pid: 7, takesOrders },
    }) as const;
  const model = trayModel(
    stateWith([gateway('a', elsewhere(true)), gateway('b', elsewhere(false))]),
  );
  expect(labels(model.items)[0]).toBe('2 of 2 gateways running');
  expect(find(model.items, 'Restart Gateway')).toMatchObject({
    items: [{ enabled: true }, { enabled: false }],
  });
});

test('what others run and is not well there needs attention', () => {
  const elsewhere = {
    status: 'elsewhere',
    since: 1,
    owner: { type: 'remote', name: 'https://gateway.example', takesOrders: false },
    problem: { message: 'answers 500' },
  } as const;
  const model = trayModel(stateWith([gateway('a', elsewhere), gateway('b', running)]));
  expect(model.icon).toBe('attention');
  expect(labels(model.items)[0]).toBe('1 of 2 gateways running, 1 with trouble');
});

test('without gateways there is nothing to restart', () => {
  const model = trayModel(stateWith([]));
  expect(labels(model.items)).not.toContain('Restart Gateway');
  expect(model.icon).toBe('stopped');
  expect(model.items[0]).toEqual({ type: 'state', label: 'No gateways yet' });
});

test('a gateway that is stopping can’t be restarted just now', () => {
  const stopping = {
    status: 'stopping',
    identity,
    startedAt: 1,
    adopted: false,
    deadline: 2,
    next: 'stop',
  } as const;
  const model = trayModel(stateWith([gateway('a', stopping)]));
  expect(find(model.items, 'Restart Gateway')).toMatchObject({ enabled: false });
});

test('a lost watcher needs attention', () => {
  const model = trayModel(
    stateWith([gateway('a', running)], { link: { status: 'lost', problem: { message: 'x' } } }),
  );
  expect(model.icon).toBe('attention');
  expect(model.items[0]).toMatchObject({ label: 'The watcher can’t be reached' });
  expect(find(model.items, 'Restart Gateway')).toMatchObject({ enabled: false });
});

test('an offered update is named', () => {
  const model = trayModel(
    stateWith([gateway('a', running)], { update: { status: 'available', ...offer } }),
  );
  expect(find(model.items, 'Update to 1.2.0…')).toMatchObject({ action: { type: 'show-update' } });
  expect(model.icon).toBe('running');
});

test('an update under way is the state', () => {
  const model = trayModel(
    stateWith([gateway('a', running)], { update: { status: 'installing', ...offer } }),
  );
  expect(model.icon).toBe('updating');
  expect(model.items[0]).toMatchObject({ label: 'Updating…' });
});

import { expect, test } from 'vitest';
import { gateway, identity, running, stateWith } from '../testing/app-states.ts';
import { type TrayItem, trayModel } from './tray-model.ts';

const failed = { status: 'failed', problem: { message: 'x' } } as const;
const offer = { version: '1.2.0', notes: '', size: null };
const labels = (items: readonly TrayItem[]) =>
  items.flatMap((item) => (item.type === 'separator' ? [] : [item.label]));
const find = (items: readonly TrayItem[], label: string) =>
  items.find((item) => item.type !== 'separator' && item.label === label);

/** The items of the menu of this name. */
function menuOf(items: readonly TrayItem[], label: string): readonly TrayItem[] {
  const menu = find(items, label);
  if (menu?.type !== 'submenu') throw new Error(`no menu ${label}: ${labels(items).join(', ')}`);
  return menu.items;
}

test('the first line says how the only gateway is, and what can be done stands right below', () => {
  const model = trayModel(stateWith([gateway('a', running)]));
  expect(model.items[0]).toEqual({ type: 'state', label: 'Gateway a: Running' });
  expect(model.icon).toBe('running');
  expect(model.tooltip).toBe('Holdfast – Gateway a: Running');
  expect(labels(model.items)).toEqual([
    'Gateway a: Running',
    'Open',
    'Restart',
    'Stop',
    'Logs',
    'Check for Updates…',
    'Show Holdfast',
    'Quit',
  ]);
});

test('each of several gateways has a menu, state first, those with problems before the others', () => {
  const model = trayModel(stateWith([gateway('b', failed), gateway('a', running)]));
  expect(labels(model.items).slice(0, 3)).toEqual([
    '1 of 2 gateways running, 1 with problems',
    'Gateway b: Can’t start',
    'Gateway a: Running',
  ]);
  expect(model.icon).toBe('attention');
  expect(labels(menuOf(model.items, 'Gateway a: Running'))).toEqual([
    'Running',
    'Open',
    'Restart',
    'Stop',
    'Logs',
  ]);
  const ill = menuOf(model.items, 'Gateway b: Can’t start');
  expect(ill[0]).toEqual({ type: 'state', label: 'x' });
  expect(find(ill, 'Start')).toMatchObject({ enabled: true, action: { type: 'start', id: 'b' } });
  expect(find(ill, 'Restart')).toMatchObject({ enabled: false });
  expect(find(ill, 'Logs')).toMatchObject({ action: { type: 'logs', id: 'b' } });
});

test('many that are well are folded behind one line; names are cut [U32]', () => {
  const well = Array.from({ length: 11 }, (_, n) => gateway(`w${n}`, running));
  const long = { ...gateway('b', failed), name: '方'.repeat(60) };
  const model = trayModel(stateWith([...well, long, gateway('s', { status: 'stopped' })]));
  const name = `${'方'.repeat(39)}…`;
  expect(labels(model.items).slice(1, 4)).toEqual([
    `${name}: Can’t start`,
    'Gateway s: Stopped',
    '11 running',
  ]);
  const folded = menuOf(model.items, '11 running');
  expect(folded.length).toBe(11);
  expect(find(menuOf(folded, 'Gateway w3: Running'), 'Restart')).toMatchObject({
    action: { type: 'restart', id: 'w3' },
  });
});

test('a part that needs the user colours the picture and the lines', () => {
  const parts = [{ name: 'discord', state: 'error', message: 'token refused', attention: true }];
  const hermes = { ...gateway('a', running), name: 'Hermes', report: { parts } };
  const model = trayModel(stateWith([hermes, gateway('b', running)]));
  expect(model.icon).toBe('attention');
  expect(model.items[0]).toMatchObject({ label: '2 of 2 gateways running, 1 with problems' });
  expect(labels(menuOf(model.items, 'Hermes: Needs you'))[0]).toBe(
    'Discord needs you: token refused',
  );
});

test('an external gateway counts as running, and is restarted only through an owner that takes orders', () => {
  const external = (takesOrders: boolean) =>
    ({
      status: 'external',
      since: 1,
      owner: { type: 'systemd', name: 'systemd (a.service)', pid: 7, takesOrders },
    }) as const;
  const { items } = trayModel(
    stateWith([gateway('a', external(true)), gateway('b', external(false))]),
  );
  expect(labels(items)[0]).toBe('2 of 2 gateways running');
  for (const [id, enabled] of [
    ['a', true],
    ['b', false],
  ] as const) {
    const menu = menuOf(items, `Gateway ${id}: Run by others`);
    expect(find(menu, 'Restart')).toMatchObject({ enabled });
  }
});

test('one on another machine is not stopped but no longer watched', () => {
  const owner = { type: 'remote', name: 'https://gateway.example', takesOrders: false } as const;
  const { items } = trayModel(stateWith([gateway('a', { status: 'external', since: 1, owner })]));
  expect(find(items, 'Pause watching')).toMatchObject({ enabled: true });
});

test('an external gateway with a problem needs attention', () => {
  const external = {
    status: 'external',
    since: 1,
    owner: { type: 'remote', name: 'https://gateway.example', takesOrders: false },
    problem: { message: 'answers 500' },
  } as const;
  const model = trayModel(stateWith([gateway('a', external), gateway('b', running)]));
  expect(model.icon).toBe('attention');
  expect(labels(model.items)[0]).toBe('1 of 2 gateways running, 1 with problems');
});

test('without gateways there is nothing to restart', () => {
  const model = trayModel(stateWith([]));
  expect(labels(model.items)).not.toContain('Restart');
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
  expect(find(model.items, 'Restart')).toMatchObject({ enabled: false });
});

test('a lost watcher needs attention', () => {
  const model = trayModel(
    stateWith([gateway('a', running)], { link: { status: 'lost', problem: { message: 'x' } } }),
  );
  expect(model.icon).toBe('attention');
  expect(model.items[0]).toMatchObject({ label: 'The background service can’t be reached' });
  expect(find(model.items, 'Restart')).toMatchObject({ enabled: false });
});

test('an offered update is named', () => {
  const model = trayModel(
    stateWith([gateway('a', running)], { update: { status: 'available', ...offer } }),
  );
  expect(find(model.items, 'Update to 1.2.0…')).toMatchObject({ action: { type: 'show-update' } });
  const { settings } = stateWith([]);
  const skipping = stateWith([gateway('a', running)], {
    update: { status: 'available', ...offer },
    settings: { ...settings, skippedVersion: '1.2.0' },
  });
  expect(find(trayModel(skipping).items, 'Update to 1.2.0…')).toBeUndefined();
  expect(model.icon).toBe('running');
});

test('an update under way is the state', () => {
  const model = trayModel(
    stateWith([gateway('a', running)], { update: { status: 'installing', ...offer } }),
  );
  expect(model.icon).toBe('updating');
  expect(model.items[0]).toMatchObject({ label: 'Updating…' });
});

test('a gateway’s newer version can be installed from the menu, once', () => {
  const version = {
    installed: '1.0.0',
    newest: '1.1.0',
    checkedAt: 0,
    problem: null,
    offered: true,
  };
  const offered = { ...gateway('a', running), version, updatable: true };
  const state = stateWith([offered]);
  expect(find(trayModel(state).items, 'Update to 1.1.0')).toMatchObject({
    enabled: true,
    action: { type: 'update', id: 'a' },
  });
  const update = {
    attempt: '0000000000001-0a1b2c3d',
    phase: 'installing',
    fromVersion: '1.0.0',
    toVersion: '1.1.0',
    since: 0,
    until: null,
  } as const;
  const busy = { ...state, gatewayUpdates: { a: { update, receipt: null } } };
  expect(find(trayModel(busy).items, 'Updating…')).toMatchObject({ enabled: false });
});

import dbus from 'dbus-next';
import { afterEach, expect, test } from 'vitest';
import { writeCall } from './bus-messages.ts';
import { busCall, openSessionBus, sessionBusSocket } from './session-bus.ts';
import { showsTrayItem } from './tray-item.ts';

const watcherName = 'org.kde.StatusNotifierWatcher';
const never = new AbortController().signal;
const buses: dbus.MessageBus[] = [];

afterEach(() => {
  for (const bus of buses.splice(0)) bus.disconnect();
});

class Watcher extends dbus.interface.Interface {
  readonly items: readonly string[];
  readonly host: boolean;
  constructor(items: readonly string[], host: boolean) {
    super(watcherName);
    this.items = items;
    this.host = host;
  }
  get RegisteredStatusNotifierItems(): readonly string[] {
    return this.items;
  }
  get IsStatusNotifierHostRegistered(): boolean {
    return this.host;
  }
}
Watcher.configureMembers({
  properties: {
    RegisteredStatusNotifierItems: { signature: 'as', access: 'read' },
    IsStatusNotifierHostRegistered: { signature: 'b', access: 'read' },
  },
});

async function connection(name: string): Promise<void> {
  const bus = dbus.sessionBus();
  buses.push(bus);
  await bus.requestName(name, 0);
}

async function watcherWith(items: readonly string[], host = true): Promise<void> {
  const bus = dbus.sessionBus();
  buses.push(bus);
  bus.export('/StatusNotifierWatcher', new Watcher(items, host));
  await bus.requestName(watcherName, 0);
}

test('an item is shown when it has registered with a watcher that has a host', async () => {
  const item = `org.kde.StatusNotifierItem-${process.pid}-1`;
  await connection(item);
  await watcherWith([':1.99999/gone', `${item}/StatusNotifierItem`]);
  await expect(showsTrayItem(process.pid, never)).resolves.toBe(true);
  await expect(showsTrayItem(process.pid + 1, never)).resolves.toBe(false);
});

test('without a watcher, a host or a registration no item is shown', async () => {
  await expect(showsTrayItem(process.pid, never)).resolves.toBe(false);
  await watcherWith([]);
  await expect(showsTrayItem(process.pid, never)).resolves.toBe(false);
  for (const bus of buses.splice(0)) bus.disconnect();
  const item = `org.kde.StatusNotifierItem-${process.pid}-2`;
  await connection(item);
  await watcherWith([item], false);
  await expect(showsTrayItem(process.pid, never)).resolves.toBe(false);
});

test('a question that is given up is answered with no', async () => {
  await expect(showsTrayItem(process.pid, AbortSignal.abort())).resolves.toBe(false);
});

test('long answers are read, and a refused call is rejected', async () => {
  const bus = await openSessionBus(process.env, never);
  const [names] = await bus.call(busCall('ListNames'));
  expect(names).toContain('org.freedesktop.DBus');
  await expect(bus.call(busCall('NoSuchMember'))).rejects.toThrow('refused');
  bus.close();
  await expect(bus.call(busCall('ListNames'))).rejects.toThrow('lost');
});

test('the address of the bus is read as its writers wrote it', () => {
  const at = (DBUS_SESSION_BUS_ADDRESS: string) => sessionBusSocket({ DBUS_SESSION_BUS_ADDRESS });
  expect(at('unix:path=/tmp/a%20b,guid=1')).toBe('/tmp/a b');
  expect(at('unix:guid=1,abstract=/tmp/x')).toBe('\0/tmp/x');
  expect(at('tcp:host=a;unix:path=/tmp/c=d')).toBe('/tmp/c=d');
  expect(at('tcp:host=a')).toBeNull();
  expect(sessionBusSocket({ XDG_RUNTIME_DIR: '/run/user/7' })).toBe('/run/user/7/bus');
});

test('a call is written as the specification says', () => {
  const bytes = writeCall(busCall('GetNameOwner', 'a.b'), 7);
  expect(bytes.subarray(0, 4)).toEqual(Buffer.from([0x6c, 1, 0, 1]));
  expect(bytes.readUInt32LE(4)).toBe(8);
  expect(bytes.readUInt32LE(8)).toBe(7);
  expect(bytes.length % 4).toBe(0);
  expect(bytes.subarray(-8)).toEqual(Buffer.from('\x03\0\0\0a.b\0'));
});

/** Whether the desktop's panel shows a tray item: asks the StatusNotifier watcher, with which items register. */
import { busCall, openSessionBus, type SessionBus } from './session-bus.ts';

const watcher = 'org.kde.StatusNotifierWatcher';

/**
 * True when there is a watcher with a host, and an item of process `pid` has registered with it. False also
 * where nobody can be asked. `signal` gives the question up.
 */
export async function showsTrayItem(pid: number, signal: AbortSignal): Promise<boolean> {
  let bus: SessionBus | undefined;
  try {
    bus = await openSessionBus(process.env, signal);
    if ((await property(bus, 'IsStatusNotifierHostRegistered')) !== true) return false;
    const items = await property(bus, 'RegisteredStatusNotifierItems');
    if (!Array.isArray(items)) return false;
    for (const item of items) if ((await pidOf(bus, String(item))) === pid) return true;
    return false;
  } catch {
    return false;
  } finally {
    bus?.close();
  }
}

async function property(bus: SessionBus, name: string): Promise<unknown> {
  const [value] = await bus.call({
    destination: watcher,
    path: '/StatusNotifierWatcher',
    interfaceName: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    args: [watcher, name],
  });
  return value;
}

/** An item is the name of its connection; some watchers add the path of its object. */
async function pidOf(bus: SessionBus, item: string): Promise<unknown> {
  const [name = ''] = item.split(/(?=\/)/);
  try {
    const [pid] = await bus.call(busCall('GetConnectionUnixProcessID', name));
    return pid;
  } catch {
    return undefined; // It has left, and its watcher has not heard of it yet.
  }
}

/** What a long download would cost here: how full the battery is that the machine runs on, and whether its network is metered. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openBus, socketAt } from './session-bus.ts';

const supplies = '/sys/class/power_supply';

/**
 * Per cent in the fullest battery that is being used up; null with mains, without a battery, and where nothing
 * says so. Batteries of mice and the like have the scope `Device`.
 */
export function batteryPercent(folder = supplies): number | null {
  const found = namesIn(folder)
    .map((name) => (field: string) => read(path.join(folder, name, field)))
    .filter((field) => field('scope') !== 'Device');
  if (found.some((field) => field('type') !== 'Battery' && field('online') === '1')) return null;
  const levels = found
    .filter((field) => field('type') === 'Battery' && field('status') === 'Discharging')
    .map((field) => Number.parseInt(field('capacity') ?? '', 10))
    .filter((level) => level >= 0 && level <= 100);
  return levels.length === 0 ? null : Math.max(...levels);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

const networkManager = 'org.freedesktop.NetworkManager';
/** NM_METERED_YES and NM_METERED_GUESS_YES, which GLib and so every GNOME program take for metered. */
const metered: ReadonlySet<unknown> = new Set([1, 3]);

/** By NetworkManager; null where it can't be asked. `signal` gives the question up. */
export async function isMetered(
  signal: AbortSignal,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<boolean | null> {
  const address = env.DBUS_SYSTEM_BUS_ADDRESS ?? 'unix:path=/run/dbus/system_bus_socket';
  try {
    const bus = await openBus(socketAt(address), signal);
    try {
      const [value] = await bus.call({
        destination: networkManager,
        path: '/org/freedesktop/NetworkManager',
        interfaceName: 'org.freedesktop.DBus.Properties',
        member: 'Get',
        args: [networkManager, 'Metered'],
      });
      return metered.has(value);
    } finally {
      bus.close();
    }
  } catch {
    return null;
  }
}

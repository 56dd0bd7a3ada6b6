import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import dbus from 'dbus-next';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batteryPercent, isMetered } from './power.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-power-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As the kernel lays them out (sysfs-class-power). */
function supply(name: string, fields: Readonly<Record<string, string>>): void {
  mkdirSync(path.join(folder, name));
  for (const [field, value] of Object.entries(fields)) {
    writeFileSync(path.join(folder, name, field), `${value}\n`);
  }
}
const battery = { type: 'Battery', scope: 'System', status: 'Discharging' };

describe('the battery', () => {
  it('counts when the machine runs on it, and the fullest of several', () => {
    supply('BAT0', { ...battery, capacity: '7' });
    supply('BAT1', { ...battery, capacity: '31' });
    supply('AC', { type: 'Mains', online: '0' });
    expect(batteryPercent(folder)).toBe(31);
  });

  it.each<[string, () => void]>([
    ['on mains', () => supply('AC', { type: 'Mains', online: '1' })],
    ['on a charger', () => supply('ucsi', { type: 'USB', online: '1' })],
  ])('does not count %s', (_, plug) => {
    supply('BAT0', { ...battery, capacity: '7' });
    plug();
    expect(batteryPercent(folder)).toBeNull();
  });

  it('does not count when it is a mouse’s, is being charged, or says nothing', () => {
    supply('hidpp_battery_0', { ...battery, scope: 'Device', capacity: '7' });
    supply('BAT0', { ...battery, status: 'Charging', capacity: '7' });
    supply('BAT1', battery);
    expect(batteryPercent(folder)).toBeNull();
    expect(batteryPercent(path.join(folder, 'none'))).toBeNull();
  });
});

class NetworkManager extends dbus.interface.Interface {
  readonly value: number;
  constructor(value: number) {
    super('org.freedesktop.NetworkManager');
    this.value = value;
  }
  get Metered(): number {
    return this.value;
  }
}
NetworkManager.configureMembers({ properties: { Metered: { signature: 'u', access: 'read' } } });

/** The tests' own bus in the place of the system's. */
const env = { DBUS_SYSTEM_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS };
const never = new AbortController().signal;

describe('the network', () => {
  it.each([
    [0, false],
    [1, true],
    [2, false],
    [3, true],
    [4, false],
  ])('of which NetworkManager says %i is metered: %s', async (value, expected) => {
    const bus = dbus.sessionBus();
    try {
      bus.export('/org/freedesktop/NetworkManager', new NetworkManager(value));
      await bus.requestName('org.freedesktop.NetworkManager', 0);
      await expect(isMetered(never, env)).resolves.toBe(expected);
    } finally {
      bus.disconnect();
    }
  });

  it('is not known where nobody answers', async () => {
    await expect(isMetered(never, env)).resolves.toBeNull();
    const nowhere = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${folder}/none` };
    await expect(isMetered(never, nowhere)).resolves.toBeNull();
    await expect(isMetered(AbortSignal.abort(), env)).resolves.toBeNull();
  });
});

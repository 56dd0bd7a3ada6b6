/**
 * The end of the session, as Linux tells it: a signal, or the login manager on the system's bus. Here the
 * tests' own bus is the system's, and the test its login manager.
 */
import dbus from 'dbus-next';
import { runningPid } from './support/watcher.ts';
import { expect, expectStatus, shownPid, test } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

const loginManager = 'org.freedesktop.login1';

class LoginManager extends dbus.interface.Interface {
  /** What was asked to be delayed or blocked, in the words of the request. */
  readonly asked: string[] = [];

  Inhibit(what: string, _who: string, _why: string, mode: string): never {
    this.asked.push(`${mode} ${what}`);
    // Nothing is held up here; the app has to do without.
    throw new dbus.DBusError('org.freedesktop.DBus.Error.AccessDenied', 'no inhibitors here');
  }
  PrepareForShutdown(begins: boolean): boolean {
    return begins;
  }
}

LoginManager.configureMembers({
  methods: { Inhibit: { inSignature: 'ssss', outSignature: 'h' } },
  signals: { PrepareForShutdown: { signature: 'b' } },
});

test('a log-off that the login manager announces ends the app without a question; the gateways run on [F45, R108]', async ({
  world,
}) => {
  const bus = dbus.sessionBus();
  try {
    const manager = new LoginManager(`${loginManager}.Manager`);
    bus.export('/org/freedesktop/login1', manager);
    await bus.requestName(loginManager, 0);
    const env = { DBUS_SYSTEM_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS ?? '' };
    const app = await world.start({ env });
    await expectStatus(app.page, 'running');
    const pid = await shownPid(app.page);
    await expect.poll(() => manager.asked).toContain('delay shutdown');
    manager.PrepareForShutdown(true);
    expect(await app.exited).toBe(0);
    expect(world.readText('logs', 'app.log')).toContain('Holdfast ends.');
    expect(await runningPid(world.state, 'reference')).toBe(pid);
  } finally {
    bus.disconnect();
  }
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} ends the app without a question; the gateways run on [R108]`, async ({
    world,
  }) => {
    const app = await world.start();
    await expectStatus(app.page, 'running');
    const pid = await shownPid(app.page);
    process.kill(app.pid, signal);
    expect(await app.exited).toBe(0);
    expect(world.readText('logs', 'app.log')).toContain('Holdfast ends.');
    expect(await runningPid(world.state, 'reference')).toBe(pid);
  });
}

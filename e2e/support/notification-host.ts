/** Takes the desktop's notifications on the test's private D-Bus, and clicks on them. */
import dbus from 'dbus-next';

const hostInterface = 'org.freedesktop.Notifications';
const hostPath = '/org/freedesktop/Notifications';

export interface ShownNotification {
  readonly id: number;
  readonly title: string;
  readonly body: string;
}

export interface NotificationHost {
  /** Every notification that has come, the oldest first. */
  readonly shown: readonly ShownNotification[];
  /** Clicks on the newest one whose title matches. */
  click(title: RegExp): void;
  close(): void;
}

class Host extends dbus.interface.Interface {
  readonly shown: ShownNotification[] = [];

  GetCapabilities(): string[] {
    return ['body', 'actions'];
  }
  GetServerInformation(): string[] {
    return ['test', 'holdfast', '1', '1.2'];
  }
  Notify(_app: string, replaces: number, _icon: string, title: string, body: string): number {
    const id = replaces || this.shown.length + 1;
    this.shown.push({ id, title, body });
    return id;
  }
  CloseNotification(_id: number): void {}
  ActionInvoked(id: number, action: string): [number, string] {
    return [id, action];
  }
  NotificationClosed(id: number, reason: number): [number, number] {
    return [id, reason];
  }
}

Host.configureMembers({
  methods: {
    GetCapabilities: { inSignature: '', outSignature: 'as' },
    GetServerInformation: { inSignature: '', outSignature: 'ssss' },
    Notify: { inSignature: 'susssasa{sv}i', outSignature: 'u' },
    CloseNotification: { inSignature: 'u', outSignature: '' },
  },
  signals: {
    ActionInvoked: { signature: 'us' },
    NotificationClosed: { signature: 'uu' },
  },
});

/** Gives `name` up first: what is still sent to it by then is answered, and nothing comes after that. */
export function leaveBus(bus: dbus.MessageBus, name: string): void {
  const leave = (): void => bus.disconnect();
  bus.releaseName(name).then(leave, leave);
}

/** Takes the name on the session bus; start it before the app. */
export async function startNotificationHost(): Promise<NotificationHost> {
  const bus = dbus.sessionBus();
  const host = new Host(hostInterface);
  bus.export(hostPath, host);
  await bus.requestName(hostInterface, 0);
  return {
    shown: host.shown,
    click(title) {
      const found = host.shown.findLast((one) => title.test(one.title));
      if (!found) throw new Error(`No notification matches ${title}.`);
      host.ActionInvoked(found.id, 'default');
    },
    close: () => leaveBus(bus, hostInterface),
  };
}

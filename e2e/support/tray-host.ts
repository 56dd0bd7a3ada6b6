/**
 * A StatusNotifier host on the test's private D-Bus: what a desktop's panel is for the tray icon.
 * Without one, Electron's Tray "succeeds" but can't be clicked.
 */
import dbus from 'dbus-next';
import { leaveBus } from './notification-host.ts';

const watcherInterface = 'org.kde.StatusNotifierWatcher';
const itemInterface = 'org.kde.StatusNotifierItem';
const menuInterface = 'com.canonical.dbusmenu';

export interface MenuEntry {
  readonly id: number;
  readonly label: string;
  readonly enabled: boolean;
  readonly children: readonly MenuEntry[];
}

/** Four bytes for each point: alpha, red, green, blue. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly points: Uint8Array;
}

export interface TrayHost {
  /** The tray's menu once an item has registered, first line first. */
  menu(): Promise<MenuEntry[]>;
  /** Clicks the first entry that can be clicked and whose label matches; throws with the labels there are. */
  click(label: RegExp): Promise<void>;
  /** The picture that is shown; undefined while there is none. */
  picture(): Promise<Picture | undefined>;
  /** A click on the picture itself. */
  activate(): Promise<void>;
  close(): void;
}

class Watcher extends dbus.interface.Interface {
  readonly items: string[] = [];
  onItem: (item: string) => void = () => undefined;

  RegisterStatusNotifierItem(service: string): void {
    this.items.push(service);
    this.onItem(service);
  }
  RegisterStatusNotifierHost(_service: string): void {}
  get RegisteredStatusNotifierItems(): string[] {
    return this.items;
  }
  get IsStatusNotifierHostRegistered(): boolean {
    return true;
  }
  get ProtocolVersion(): number {
    return 0;
  }
}

Watcher.configureMembers({
  methods: {
    RegisterStatusNotifierItem: { inSignature: 's', outSignature: '' },
    RegisterStatusNotifierHost: { inSignature: 's', outSignature: '' },
  },
  properties: {
    RegisteredStatusNotifierItems: { signature: 'as', access: 'read' },
    IsStatusNotifierHostRegistered: { signature: 'b', access: 'read' },
    ProtocolVersion: { signature: 'i', access: 'read' },
  },
});

/** Takes registrations, and shows none of them: a panel that rejects what it is sent. */
class RejectingWatcher extends Watcher {
  override get RegisteredStatusNotifierItems(): string[] {
    return [];
  }
}

/** Takes the watcher's name on the session bus; start it before the app. */
export async function startTrayHost({ rejects = false } = {}): Promise<TrayHost> {
  const bus = dbus.sessionBus();
  const watcher = rejects ? new RejectingWatcher(watcherInterface) : new Watcher(watcherInterface);
  bus.export('/StatusNotifierWatcher', watcher);
  await bus.requestName(watcherInterface, 0);

  /** The newest item: an app that was updated registers again. */
  async function item(): Promise<{ service: string; path: string }> {
    if (watcher.items.length === 0) {
      await new Promise<void>((resolve) => {
        watcher.onItem = () => resolve();
      });
    }
    const name = watcher.items.at(-1) ?? '';
    // Either a bus name, or a path on the sender's own connection followed after a name.
    const slash = name.indexOf('/');
    if (slash > 0) return { service: name.slice(0, slash), path: name.slice(slash) };
    return { service: name, path: '/StatusNotifierItem' };
  }

  // Electron's objects don't list their interfaces, so they are called by name.
  async function ask(
    path: string,
    interfaceName: string,
    member: string,
    signature: string,
    body: unknown[],
  ) {
    const { service } = await item();
    const message = new dbus.Message({
      destination: service,
      path,
      interface: interfaceName,
      member,
      signature,
      body,
    });
    const reply = await bus.call(message);
    const answer: readonly unknown[] = reply?.body ?? [];
    return answer;
  }

  async function property(name: string): Promise<unknown> {
    const { path } = await item();
    const [found] = await ask(path, 'org.freedesktop.DBus.Properties', 'Get', 'ss', [
      itemInterface,
      name,
    ]);
    if (!(found instanceof dbus.Variant)) throw new Error(`the tray item has no ${name}`);
    return found.value;
  }

  async function menuPath(): Promise<string> {
    return String(await property('Menu'));
  }

  async function menu(): Promise<MenuEntry[]> {
    const path = await menuPath();
    const [, layout] = await ask(path, menuInterface, 'GetLayout', 'iias', [0, -1, []]);
    return [...parseEntry(layout).children];
  }

  return {
    menu,
    async click(label) {
      const all = flatten(await menu());
      const entry = all.find((one) => one.enabled && label.test(one.label));
      if (!entry) {
        throw new Error(
          `No tray entry matches ${label}: ${all.map((one) => one.label).join(' | ')}`,
        );
      }
      const clicked = [entry.id, 'clicked', new dbus.Variant('s', ''), 0];
      await ask(await menuPath(), menuInterface, 'Event', 'isvu', clicked);
    },
    picture: async () => parsePicture(await property('IconPixmap')),
    async activate() {
      const { path } = await item();
      await ask(path, itemInterface, 'Activate', 'ii', [0, 0]);
    },
    close: () => leaveBus(bus, watcherInterface),
  };
}

function flatten(entries: readonly MenuEntry[]): MenuEntry[] {
  return entries.flatMap((entry) => [entry, ...flatten(entry.children)]);
}

/** Of the sizes that are offered, `(width, height, bytes)` each, the first. */
function parsePicture(sizes: unknown): Picture | undefined {
  const first: unknown = Array.isArray(sizes) ? sizes[0] : undefined;
  if (!Array.isArray(first)) return undefined;
  const [width, height, points]: unknown[] = first;
  if (!(points instanceof Uint8Array)) throw new Error('the picture has no points');
  return { width: Number(width), height: Number(height), points };
}

/** A dbusmenu node: `(id, properties, children)`, children wrapped in variants. */
function parseEntry(node: unknown): MenuEntry {
  if (!Array.isArray(node)) throw new Error('not a menu node');
  const [id, properties, children]: unknown[] = node;
  const property = (name: string): unknown => {
    if (typeof properties !== 'object' || properties === null) return undefined;
    const variant: unknown = Reflect.get(properties, name);
    return variant instanceof dbus.Variant ? variant.value : undefined;
  };
  return {
    id: Number(id),
    label: String(property('label') ?? '').replaceAll('_', ''),
    enabled: property('enabled') !== false,
    children: Array.isArray(children)
      ? children.map((child: unknown) =>
          parseEntry(child instanceof dbus.Variant ? child.value : child),
        )
      : [],
  };
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Settings } from '../contract/settings.ts';
import { commands, shortcuts } from '../contract/shortcuts.ts';
import { defaultSettings } from '../settings/settings-file.ts';
import { gateway, running } from '../testing/app-states.ts';
import { appEntry, contentSecurityPolicy, resolveAppFile } from './app-files.ts';
import { minimumSize, placeWindow } from './bounds.ts';
import {
  isAllowedExternal,
  isAllowedNavigation,
  isAllowedPermission,
  isWebAddress,
} from './lockdown-rules.ts';
import { afterCrash, background, controlWindow } from './main-window.ts';
import { type MenuActions, type MenuFacts, menuModel } from './menu-model.ts';

describe('one look', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
  const [style, icon, drawing] = [
    read('renderer/styles/tokens.css'),
    read('build/icons/icon.svg'),
    read('build/draw-icons.mjs'),
  ];
  /** The two colours of a token: on light, on dark. */
  const colours = (token: string): string[] =>
    new RegExp(`--${token}: light-dark\\((#\\w{6}), (#\\w{6})\\);`).exec(style)?.slice(1) ?? [];

  test('the window has its page’s colour before there is a page [U44]', () => {
    expect(colours('ground')).toEqual([background.light, background.dark]);
  });

  test('icon and tray have the colours of the window [U33]', () => {
    expect(colours('accent')).toHaveLength(2);
    for (const colour of colours('accent')) expect(icon).toContain(colour);
    for (const state of ['good-dot', 'warning-dot', 'busy-dot']) {
      expect(drawing).toContain(colours(state)[1]);
    }
    expect(drawing).toContain(colours('idle-dot')[0]);
  });
});

describe('the files of the window', () => {
  const root = path.resolve('/srv/renderer');

  test('are found by address, with their types', () => {
    expect(resolveAppFile(root, appEntry)).toEqual({
      file: path.join(root, 'index.html'),
      type: 'text/html; charset=utf-8',
    });
    expect(resolveAppFile(root, 'app://holdfast/')?.file).toBe(path.join(root, 'index.html'));
    expect(resolveAppFile(root, 'app://holdfast/assets/a-b_1.js?x#y')).toEqual({
      file: path.join(root, 'assets', 'a-b_1.js'),
      type: 'text/javascript; charset=utf-8',
    });
  });

  test.each([
    'app://other/index.html',
    'file:///etc/passwd',
    'https://holdfast/index.html',
    'app://holdfast/%2e%2e%2fmain/main.js',
    'app://holdfast/..%2f..%2fmain.js',
    'app://holdfast/assets/..%2f..%2fx.js',
    'app://holdfast/a\\..\\..\\x.js',
    'app://holdfast/%5c..%5cx.js',
    'app://holdfast/c%3a/x.js',
    'app://holdfast/x%00.js',
    'app://holdfast/%zz.js',
    'app://holdfast/.hidden.js',
    'app://holdfast/program.exe',
    'app://holdfast/noextension',
    'nonsense',
  ])('never lead out of the root: %s', (address) => {
    expect(resolveAppFile(root, address)).toBeUndefined();
  });

  test('a path that climbs inside the address stays inside the root', () => {
    // The URL parser itself resolves these before anyone sees them.
    expect(resolveAppFile(root, 'app://holdfast/../../x.js')?.file).toBe(path.join(root, 'x.js'));
  });

  test('nothing inline, evaluated or from outside', () => {
    expect(contentSecurityPolicy).not.toMatch(/unsafe|https?:|data:|\*/);
    expect(contentSecurityPolicy).toContain("default-src 'none'");
  });
});

describe('where the window opens', () => {
  const laptop = { x: 0, y: 0, width: 1366, height: 860 };
  const second = { x: 1366, y: 0, width: 1920, height: 1040 };

  test('in the middle the first time', () => {
    expect(placeWindow(null, [laptop])).toEqual({ x: 143, y: 70, width: 1080, height: 720 });
  });

  test('where it was, on any display', () => {
    const there = { x: 1500, y: 100, width: 900, height: 700, maximized: false };
    expect(placeWindow(there, [laptop, second])).toEqual({
      x: 1500,
      y: 100,
      width: 900,
      height: 700,
    });
  });

  test.each([
    ['its display is gone', { x: 1500, y: 100, width: 900, height: 700 }],
    ['its title bar is above the display', { x: 100, y: -300, width: 900, height: 700 }],
    ['only a sliver is left of it', { x: 1340, y: 10, width: 900, height: 700 }],
    ['it is below', { x: 10, y: 850, width: 900, height: 700 }],
  ])('in the middle when %s', (_, there) => {
    const placed = placeWindow({ ...there, maximized: false }, [laptop]);
    expect(placed).toEqual({ x: 233, y: 80, width: 900, height: 700 });
  });

  test('never larger than its display nor smaller than the minimum', () => {
    const huge = { x: 0, y: 0, width: 9000, height: 9000, maximized: false };
    expect(placeWindow(huge, [laptop])).toEqual(laptop);
    const tiny = { x: 0, y: 0, width: 10, height: 10, maximized: false };
    expect(placeWindow(tiny, [laptop])).toMatchObject(minimumSize);
  });

  test('without any display it still has a size', () => {
    expect(placeWindow(null, [])).toMatchObject({ width: 1080, height: 720 });
  });
});

describe('lockdown', () => {
  test.each([
    ['https://holdfast.example/docs', true],
    ['http://holdfast.example/', false],
    ['https://holdfast.example.evil.example/', false],
    ['https://holdfast.example:8443/', false],
    ['https://a@holdfast.example/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['', false],
  ])('opening %s outside: %s', (address, allowed) => {
    expect(isAllowedExternal(address)).toBe(allowed);
  });

  test.each([
    ['http://127.0.0.1:18789/status?x=1', true],
    ['https://example.com/a', true],
    ['https://user:secret@example.com/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['app://holdfast/index.html', false],
    ['vscode://x', false],
    ['http://', false],
    ['nonsense', false],
  ])('a log that names %s may ask for it: %s', (address, allowed) =>
    expect(isWebAddress(address)).toBe(allowed),
  );

  test.each([
    [`${appEntry}#logs`, true],
    ['app://holdfast/other.html', false],
    ['https://holdfast.example/', false],
    ['about:blank', false],
  ])('going to %s: %s', (address, allowed) => expect(isAllowedNavigation(address)).toBe(allowed));

  test('only copying is permitted, and only to our page', () => {
    expect(isAllowedPermission('clipboard-sanitized-write', appEntry)).toBe(true);
    expect(isAllowedPermission('clipboard-sanitized-write', 'https://x.example/')).toBe(false);
    for (const permission of ['clipboard-read', 'media', 'geolocation', 'openExternal']) {
      expect(isAllowedPermission(permission, appEntry)).toBe(false);
    }
  });
});

test('a crashing page is loaded again three times a minute [F46]', () => {
  let crashes: readonly number[] = [];
  const reloads = [0, 1000, 2000, 3000, 70_000].map((now) => {
    const next = afterCrash(crashes, now);
    crashes = next.crashes;
    return next.reload;
  });
  expect(reloads).toEqual([true, true, true, false, true]);
});

describe('closing the window', () => {
  /** A window that is closed, and what was done with it and told. */
  async function closed(
    tray: boolean,
    notifications: Settings['notifications'] = 'all',
    times = 1,
  ): Promise<readonly unknown[]> {
    const done: unknown[] = [];
    let settings: Settings = { ...defaultSettings, notifications };
    const act = (name: string) => () => void done.push(name);
    const control = controlWindow({
      window: {
        ...{ isDestroyed: () => false, isMinimized: () => false, isFocused: () => false },
        ...{ hide: act('hide'), minimize: act('minimize'), restore: act('restore') },
        ...{ show: act('show'), focus: act('focus') },
      },
      caller: { send: () => undefined },
      settings: {
        get: () => settings,
        change: ({ trayNoticeShown = false }) => {
          settings = { ...settings, trayNoticeShown };
        },
      },
      hasTray: async () => tray,
      tell: ({ title }) => done.push(title),
    });
    for (let time = 0; time < times; time++) await control.close();
    return done;
  }

  test('hides it at once where there is a tray, and says so the first time', async () => {
    await expect(closed(true, 'all', 2)).resolves.toEqual([
      'hide',
      'Holdfast stays in the tray',
      'hide',
    ]);
  });

  test('minimises it where there is no tray, and says that', async () => {
    await expect(closed(false)).resolves.toEqual(['minimize', 'Holdfast is minimised']);
  });

  test('says nothing to those who want no notifications', async () => {
    await expect(closed(true, 'none')).resolves.toEqual(['hide']);
  });
});

describe('the menu', () => {
  const done: string[] = [];
  const act = (name: string) => () => void done.push(name);
  const actions: MenuActions = {
    hide: act('hide'),
    quit: act('quit'),
    checkForUpdates: act('updates'),
    showLogFolder: act('log folder'),
    open: (panel) => done.push(`open ${panel}`),
    openGateway: (id, panel) => done.push(`${panel} of ${id}`),
    control: (id, order, from) => done.push(`${order} ${id} from ${from}`),
    updateGateway: (id) => done.push(`update ${id}`),
  };
  const facts = { platform: 'linux', development: false, gateway: null, connected: true };
  const itemsOf = (change: Partial<MenuFacts>) =>
    menuModel({ ...facts, ...change }, actions).flatMap((menu) =>
      Array.isArray(menu.submenu) ? menu.submenu : [],
    );
  const click = (items: ReturnType<typeof itemsOf>, id: string): string[] => {
    Reflect.apply(items.find((item) => item.id === id)?.click ?? act('nothing'), undefined, []);
    return done.splice(0);
  };
  const disabled = (items: ReturnType<typeof itemsOf>) =>
    items.flatMap(({ id, enabled }) => (enabled === false ? [id] : []));

  test.each(['linux', 'win32', 'darwin'])('has every shortcut once on %s', (platform) => {
    const keys = itemsOf({ platform }).flatMap((item) => item.accelerator ?? []);
    expect(keys.map(String).sort()).toEqual(
      commands.map((command) => String(shortcuts[command].accelerator)).sort(),
    );
  });

  test.each([
    ['linux', ['&File', '&Edit', '&View', '&Gateway', '&Help']],
    ['win32', ['&File', '&Edit', '&View', '&Gateway', '&Help']],
    ['darwin', ['Holdfast', 'File', 'Edit', 'View', 'Gateway', 'Window', 'Help']],
  ])('has the menus that people expect on %s', (platform, labels) => {
    const menu = menuModel({ ...facts, platform }, actions);
    expect(menu.map(({ label }) => label)).toEqual(labels);
  });

  test.each(['linux', 'win32', 'darwin'])('leads to our own About on %s', (platform) => {
    const items = itemsOf({ platform });
    expect(items.some(({ role }) => role === 'about')).toBe(false);
    expect(click(items, 'about')).toEqual(['open about']);
  });

  test('gives orders to the gateway that is shown, and only those that make sense', () => {
    const items = itemsOf({ gateway: gateway('a', running) });
    expect(disabled(items)).toEqual(['gateway', 'start']);
    expect(click(items, 'restart')).toEqual(['restart a from menu']);
    expect(click(items, 'history')).toEqual(['history of a']);
    expect(disabled(itemsOf({ gateway: gateway('a', { status: 'stopped' }) }))).toEqual([
      'gateway',
      'restart',
      'stop',
    ]);
  });

  test('orders nothing where no gateway is shown, or while the watcher is away', () => {
    const orders = ['start', 'restart', 'stop'];
    expect(disabled(itemsOf({}))).toEqual(expect.arrayContaining(['find', 'logs', ...orders]));
    const lost = itemsOf({ gateway: gateway('a', running), connected: false });
    expect(disabled(lost)).toEqual(['gateway', ...orders]);
  });

  test('shows the name of a gateway as it is, and not more of it than fits', () => {
    const named = (name: string) =>
      itemsOf({ gateway: { ...gateway('a', running), name } }).find(({ id }) => id === 'gateway')
        ?.label;
    expect(named('R&D')).toBe('R&&D – Running');
    expect([...(named('方'.repeat(99)) ?? '')].length).toBeLessThan(60);
  });

  test('quitting always asks us first', () => {
    const items = itemsOf({ platform: 'darwin', development: true });
    expect(items.some((item) => item.role === 'quit')).toBe(false);
  });

  test('developer tools are for development', () => {
    const hasTools = (development: boolean) =>
      itemsOf({ development }).some((item) => item.role === 'toggleDevTools');
    expect(hasTools(true)).toBe(true);
    expect(hasTools(false)).toBe(false);
  });
});

import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Settings } from '../contract/settings.ts';
import { defaultSettings } from '../settings/settings-file.ts';
import { appEntry, contentSecurityPolicy, resolveAppFile } from './app-files.ts';
import { minimumSize, placeWindow } from './bounds.ts';
import { isAllowedExternal, isAllowedNavigation, isAllowedPermission } from './lockdown-rules.ts';
import { afterCrash, controlWindow } from './main-window.ts';
import { menuModel } from './menu-model.ts';

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
  const actions = {
    hide: act('hide'),
    quit: act('quit'),
    settings: act('settings'),
    find: act('find'),
    about: act('about'),
    checkForUpdates: act('updates'),
    showLogs: act('logs'),
  };
  const itemsOf = (platform: string, development: boolean) =>
    menuModel(platform, actions, development).flatMap((menu) =>
      Array.isArray(menu.submenu) ? menu.submenu : [],
    );

  test.each(['linux', 'win32', 'darwin'])('has the keys people expect on %s', (platform) => {
    const keys = itemsOf(platform, false).flatMap((item) => item.accelerator ?? []);
    expect(keys.map(String).sort()).toEqual([
      'CmdOrCtrl+,',
      'CmdOrCtrl+F',
      'CmdOrCtrl+Q',
      'CmdOrCtrl+W',
    ]);
  });

  test.each(['linux', 'win32', 'darwin'])('leads to our own About on %s', (platform) => {
    const items = itemsOf(platform, false);
    expect(items.some(({ role }) => role === 'about')).toBe(false);
    const about = items.find(({ label }) => label === 'About Holdfast');
    Reflect.apply(about?.click ?? (() => undefined), undefined, []);
    expect(done.splice(0)).toEqual(['about']);
  });

  test('quitting always asks us first', () => {
    expect(itemsOf('darwin', true).some((item) => item.role === 'quit')).toBe(false);
  });

  test('developer tools are for development', () => {
    expect(itemsOf('linux', true).some((item) => item.role === 'toggleDevTools')).toBe(true);
    expect(itemsOf('linux', false).some((item) => item.role === 'toggleDevTools')).toBe(false);
  });
});

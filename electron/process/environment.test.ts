/** What a process of ours sees of the environment, and the private folder for sockets. */
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkbench, type Workbench } from '../testing/processes.ts';
import { appEnvironment, gatewayEnvironment } from './environment.ts';
import { runtimeFolder, socketPath } from './runtime-folder.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());
const at = (name: string): string => join(bench.folder, name);

describe.skipIf(process.platform === 'win32')('the runtime folder', () => {
  test('is private, short, and one per state folder', () => {
    mkdirSync(at('run'), { mode: 0o700 });
    const env = { XDG_RUNTIME_DIR: at('run') };
    const path = socketPath('/some/state', env);
    expect(path).not.toBe(socketPath('/some/other', env));
    expect(Buffer.byteLength(path)).toBeLessThan(107);
    expect(statSync(runtimeFolder(env)).mode & 0o777).toBe(0o700);
  });
  test('long folders are avoided', () => {
    const long = at('x'.repeat(120));
    mkdirSync(long, { mode: 0o700 });
    expect(
      Buffer.byteLength(socketPath('/s', { XDG_RUNTIME_DIR: long, TMPDIR: long })),
    ).toBeLessThan(107);
  });
  test('that is a link is left alone, and one of ours that stands open is closed [R8]', () => {
    mkdirSync(at('run'), { mode: 0o700 });
    mkdirSync(at('elsewhere'));
    mkdirSync(at('temporary'));
    symlinkSync(at('elsewhere'), at('run/holdfast'));
    const env = { XDG_RUNTIME_DIR: at('run'), TMPDIR: at('temporary') };
    expect(runtimeFolder(env)).toBe(at(`temporary/holdfast-${process.getuid?.()}`));
    expect(readdirSync(at('elsewhere'))).toEqual([]);
    mkdirSync(at('open'), { mode: 0o700 });
    mkdirSync(at('open/holdfast'));
    chmodSync(at('open/holdfast'), 0o755);
    expect(runtimeFolder({ XDG_RUNTIME_DIR: at('open') })).toBe(at('open/holdfast'));
    expect(statSync(at('open/holdfast')).mode & 0o777).toBe(0o700);
  });
  test('whose name was taken beforehand gets one that can’t be, the same for every program [R8]', () => {
    // As someone else's folder or link in /tmp: not ours, and not to be removed.
    mkdirSync(at('elsewhere'));
    symlinkSync(at('elsewhere'), at(`holdfast-${process.getuid?.()}`));
    const env = { TMPDIR: at('missing/folder') };
    const folder = runtimeFolder(env, bench.folder);
    expect(folder).toMatch(new RegExp(`^${at(`holdfast-${process.getuid?.()}`)}-\\w{6}$`));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(runtimeFolder(env, bench.folder)).toBe(folder);
    expect(readdirSync(at('elsewhere'))).toEqual([]);
  });
  test.each(['', '.', 'run', './run'])(
    'is not looked for in a variable that says %j [R9]',
    (value) => {
      const env = { XDG_RUNTIME_DIR: value, TMPDIR: value };
      expect(runtimeFolder(env, bench.folder)).toBe(at(`holdfast-${process.getuid?.()}`));
    },
  );
  test('that can’t be made anywhere is said in a sentence', () => {
    expect(() => runtimeFolder({}, at('nowhere'))).toThrow(/Make one of them writable, or set XDG/);
  });
});

describe('environments', () => {
  const base = {
    PATH: '/tmp/.mount_x/usr/bin:/usr/bin',
    HOME: '/home/u',
    LC_ALL: 'C',
    XDG_RUNTIME_DIR: '/run/user/1',
    SECRET_TOKEN: 's',
    NODE_OPTIONS: '--inspect',
    ELECTRON_RUN_AS_NODE: '1',
    NODE_EXTRA_CA_CERTS: '/ca',
    APPDIR: '/tmp/.mount_x',
    APPIMAGE: '/a.AppImage',
    ARGV0: 'a',
    OWD: '/o',
    LD_LIBRARY_PATH: '/tmp/.mount_x/lib',
    XDG_DATA_DIRS: '/tmp/.mount_x/share:/usr/share',
  };
  test.skipIf(process.platform === 'win32')(
    'a gateway sees the allowed part, cleaned of the mount, and its own',
    () => {
      expect(gatewayEnvironment(base, { OWN: '1' }, 'linux')).toEqual({
        PATH: '/usr/bin',
        HOME: '/home/u',
        LC_ALL: 'C',
        XDG_RUNTIME_DIR: '/run/user/1',
        XDG_DATA_DIRS: '/usr/share',
        OWN: '1',
      });
    },
  );
  test.skipIf(process.platform === 'win32')(
    'our own programs see the rest, but not what belongs to this run',
    () => {
      const stray = {
        NODE_V8_COVERAGE: '/c',
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        LD_AUDIT: '/a.so',
      };
      const env = appEnvironment({ ...base, ...stray }, { A: 'b' });
      expect(env).toMatchObject({ SECRET_TOKEN: 's', PATH: '/usr/bin', A: 'b' });
      expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['NODE_OPTIONS']));
      expect(JSON.stringify(env)).not.toMatch(/mount_x|ELECTRON_RUN|AppImage|NODE_|LD_AUDIT/);
    },
  );
  test('Windows names are compared without case', () => {
    expect(
      gatewayEnvironment(
        { Path: 'C:\\w', SystemRoot: 'C:\\Windows', node_options: 'x' },
        {},
        'win32',
      ),
    ).toEqual({ Path: 'C:\\w', SystemRoot: 'C:\\Windows' });
  });
});

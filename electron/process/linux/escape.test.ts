/** The ladder on Linux. The move between control groups needs HOLDFAST_TEST_CGROUP, a delegated cgroup2 folder. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkbench, idleProgram, until, type Workbench } from '../../testing/processes.ts';
import { cgroup2Mount, cgroupOf, parseCgroup, unitOf } from './cgroup.ts';
import { systemdRunArguments } from './escape.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

test('reads where cgroup2 is mounted, unified and hybrid', () => {
  const line = (folder: string) =>
    `38 31 0:37 / ${folder} rw,relatime shared:9 - cgroup2 cgroup2 rw`;
  expect(cgroup2Mount(line('/sys/fs/cgroup'))).toEqual({ folder: '/sys/fs/cgroup', root: '/' });
  expect(
    cgroup2Mount(
      `31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n${line('/sys/fs/cgroup/unified')}`,
    )?.folder,
  ).toBe('/sys/fs/cgroup/unified');
  expect(cgroup2Mount('1 1 0:1 / / rw - ext4 /dev/x rw')).toBeUndefined();
});

test('reads a process’s group in every layout', () => {
  expect(parseCgroup('0::/user.slice/a.scope\n')).toBe('/user.slice/a.scope');
  expect(parseCgroup('9:name=systemd:/user.slice/s.scope\n4:memory:/x\n0::/\n')).toBe(
    '/user.slice/s.scope',
  );
  expect(parseCgroup('9:name=systemd:/\n0::/\n')).toBe('/');
  expect(parseCgroup('')).toBe('');
});

test('finds the unit that ends as one', () => {
  expect(unitOf('/user.slice/user-1.slice/user@1.service/app.slice/app-a.scope/deep')).toBe(
    '/user.slice/user-1.slice/user@1.service/app.slice/app-a.scope',
  );
  expect(unitOf('/user.slice/user-1.slice/session-2.scope')).toBe(
    '/user.slice/user-1.slice/session-2.scope',
  );
  expect(unitOf('/user.slice/user-1.slice/user@1.service/app.slice')).toBe('');
});

test('values never travel in the arguments of systemd-run', () => {
  const args = systemdRunArguments(
    bench.spec('x', { env: { TOKEN: 'secret' }, nonce: 'n0nce' }),
    'u.service',
  );
  expect(args).toContain('--setenv=TOKEN');
  expect(args.join(' ')).not.toMatch(/secret|n0nce/);
  expect(args.slice(args.indexOf('--'))).toEqual(['--', process.execPath, '-e', 'x']);
});

const delegated = process.env.HOLDFAST_TEST_CGROUP;
if (!delegated)
  console.log(
    'Skipped: moving between control groups. Set HOLDFAST_TEST_CGROUP to a delegated cgroup2 folder.',
  );

describe.skipIf(!delegated)('from an app in a separate control group', () => {
  test('the child runs outside it, which is proven, and survives when the group is killed', async () => {
    const appGroup = join(delegated ?? '', 'app.service');
    mkdirSync(appGroup, { recursive: true });
    // Of earlier starts: one whose process has ended, and one whose lives.
    const leafOf = (digit: string): string => join(delegated ?? '', `holdfast-${digit.repeat(16)}`);
    const left = leafOf('0');
    const inUse = leafOf('1');
    for (const leaf of [left, inUse]) mkdirSync(leaf);
    const neighbour = bench.run(idleProgram);
    writeFileSync(join(inUse, 'cgroup.procs'), String(neighbour.pid));
    const module = new URL('../spawn-detached.ts', import.meta.url).href;
    const spec = bench.spec(idleProgram, {
      escape: 'required',
      kind: 'watcher',
      nonce: 'cgroup-test',
    });
    // A separate app, put into the group before it starts the child.
    const program = `import { writeFileSync } from 'node:fs';
      import { launchOutside } from ${JSON.stringify(module)};
      writeFileSync(${JSON.stringify(join(appGroup, 'cgroup.procs'))}, String(process.pid));
      const { identity, escape } = await launchOutside(${JSON.stringify(spec)});
      writeFileSync('result', JSON.stringify({ identity, escape }));
      setInterval(() => {}, 1e6);`;
    const app = bench.run('', {
      args: ['--input-type=module', '-e', program],
      nonce: 'cgroup-test',
    });
    const text = await until(() => {
      try {
        return readFileSync(join(bench.folder, 'result'), 'utf8') || undefined;
      } catch {
        return undefined;
      }
    }, 'the launch');
    const { identity, escape: judged } = JSON.parse(text);
    expect(judged).toMatchObject({ rung: 'cgroup-move', proof: 'proven' });
    expect([left, inUse].map((leaf) => existsSync(leaf))).toEqual([false, true]);
    process.kill(neighbour.pid, 'SIGKILL');
    await neighbour.exited;
    writeFileSync(join(appGroup, 'cgroup.kill'), '1');
    expect(await app.exited).toEqual({ code: null, signal: 'SIGKILL' });
    const group = cgroupOf(identity.pid);
    expect(group).not.toBe('');
    expect(basename(dirname(group))).toBe(basename(delegated ?? ''));
    process.kill(identity.pid, 'SIGKILL');
    await until(() => cgroupOf(identity.pid) === '' || undefined, 'its end');
    await until(() => {
      try {
        const groups = [join(delegated ?? '', basename(group)), appGroup, inUse];
        for (const one of groups.filter((folder) => existsSync(folder))) rmdirSync(one);
        return true;
      } catch {
        return undefined;
      }
    }, 'the groups to be empty');
  });
});

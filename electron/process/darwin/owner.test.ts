/** A gateway that launchd keeps alive, asked to stop, to start and to start again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LaunchdStandIn } from '../../testing/launchd.ts';
import { createWorkbench, idleProgram, until, type Workbench } from '../../testing/processes.ts';
import { agentText } from './agent-file.ts';
import { findJob, type Launchd, loadJob, parseJob, userLaunchd } from './launchd.ts';
import { jobOwner } from './owner.ts';

it('pid and file of a job are read from what launchctl prints', () => {
  const text =
    'gui/501/a.b = {\n\tactive count = 1\n\tpath = /Users/u/Library/LaunchAgents/a b.plist\n\tstate = running\n\n\tpid = 77\n}';
  expect(parseJob(text)).toEqual({ pid: 77, file: '/Users/u/Library/LaunchAgents/a b.plist' });
  expect(parseJob('gui/501/a.b = {\n\tstate = not running\n}')).toEqual({ pid: 0, file: '' });
});

describe.skipIf(process.platform === 'win32')('a job that is kept alive', () => {
  let bench: Workbench;
  let standIn: LaunchdStandIn;
  let launchd: Launchd;
  let pathBefore: string | undefined;
  const id = 'gateway';
  const label = `holdfast.watcher.${id}`;
  beforeEach(() => {
    bench = createWorkbench();
    standIn = new LaunchdStandIn(bench.folder);
    pathBefore = process.env.PATH;
    process.env.PATH = `${standIn.bin}:${pathBefore}`;
    launchd = {
      ...userLaunchd(),
      domain: standIn.domain,
      launchctlNow: (words) => standIn.answer(words),
    };
  });
  afterEach(() => {
    process.env.PATH = pathBefore;
    standIn.close();
    bench.clean();
  });

  it('stays stopped, starts again from its file, and takes a restart', async () => {
    const text = agentText({
      id,
      command: process.execPath,
      args: ['-e', idleProgram, '--'],
      cwd: bench.folder,
      env: {},
      finalCodes: [],
      finalAsSuccess: '',
    });
    const file = join(bench.folder, 'agents', 'a b.plist');
    mkdirSync(join(bench.folder, 'agents'));
    writeFileSync(file, text.replace('<dict><key>SuccessfulExit</key><false/></dict>', '<true/>'));
    await loadJob(launchd, label, file);
    const pid = await until(() => standIn.job(label)?.pid, 'the job');
    const owner = jobOwner(pid, launchd);
    expect(owner).toMatchObject({ type: 'launchd', name: `launchd (${label})` });
    await owner?.order?.('stop');
    await until(() => standIn.job(label) === undefined && standIn.isAtRest, 'its end');
    expect(await findJob(launchd, label)).toBeUndefined();
    await owner?.order?.('start');
    const next = await until(() => standIn.job(label)?.pid, 'its next process');
    expect(next).not.toBe(pid);
    await owner?.order?.('restart');
    await until(() => ![undefined, next].includes(standIn.job(label)?.pid), 'another process');
  });
});

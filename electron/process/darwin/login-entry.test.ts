/** An agent for the login: its text, and its life beside a launchd that starts real processes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LaunchdStandIn } from '../../testing/launchd.ts';
import { createWorkbench, idleProgram, until, type Workbench } from '../../testing/processes.ts';
import { systemClock } from '../clock.ts';
import { identify, isAlive } from '../identity.ts';
import { type LoginEntries, type LoginProgram, loginEntryId } from '../login-entry.ts';
import { agentLabel, agentText, isOfAgent } from './agent-file.ts';
import { userLaunchd } from './launchd.ts';
import { darwinLoginEntries } from './login-entry.ts';

const program: LoginProgram = {
  id: loginEntryId('/Users/u/my state'),
  command: '/Users/u/my state/watcher-node',
  args: ['watcher.cjs', '<a & b>'],
  cwd: '/Users/u/my state',
  env: { PATH: '/usr/bin' },
  finalCodes: [75],
  finalAsSuccess: '--final-as-success',
};
const { id } = program;
const label = agentLabel(id);

it('escapes what XML would take for its own', () => {
  const text = agentText(program);
  expect(text).toContain('<string>&lt;a &amp; b&gt;</string>');
  // What the watcher has started must outlive it.
  expect(text).toContain('<key>AbandonProcessGroup</key><true/>');
});

describe.skipIf(process.platform === 'win32')('beside launchd', () => {
  let bench: Workbench;
  let launchd: LaunchdStandIn;
  let entries: LoginEntries;
  let agents: string;
  let pathBefore: string | undefined;
  beforeEach(() => {
    bench = createWorkbench();
    agents = join(bench.folder, 'LaunchAgents');
    launchd = new LaunchdStandIn(bench.folder);
    pathBefore = process.env.PATH;
    process.env.PATH = `${launchd.bin}:${pathBefore}`;
    // It can't be asked synchronously: it answers from this very program.
    const launchctlNow = (words: readonly string[]) => launchd.answer(words);
    const real = { ...userLaunchd(), domain: launchd.domain, clock: systemClock, launchctlNow };
    entries = darwinLoginEntries(real, agents);
  });
  afterEach(() => {
    process.env.PATH = pathBefore;
    launchd.close();
    bench.clean();
  });

  const running = (script: string): LoginProgram => ({
    ...program,
    command: process.execPath,
    args: ['-e', script, '--'],
    cwd: bench.folder,
  });
  const pidOf = () => launchd.job(label)?.pid;

  it('it is started at once, and runs on when it is taken back', async () => {
    const sleeper = running(idleProgram);
    await entries.register(sleeper);
    expect(entries.isCurrent(sleeper)).toBe(true);
    const pid = await until(pidOf, 'the job');
    const identity = identify(pid);
    await entries.unregister(id);
    expect(readdirSync(agents)).toEqual([]);
    expect(identity && isAlive(identity)).toBe(true);
    // Written again, it still runs: launchd would have ended it.
    await entries.register(sleeper);
    expect(pidOf()).toBe(pid);
  });

  it('another build takes its place as soon as launchd has given the label free', async () => {
    await entries.register(running('process.exit(0)'));
    await until(() => launchd.job(label)?.starts === 1 && !pidOf(), 'the end of the first');
    const next = running(`require('fs').writeFileSync('next', ''); ${idleProgram}`);
    await entries.register(next);
    await until(() => readdirSync(bench.folder).includes('next'), 'the next build');
    expect(entries.isCurrent(next)).toBe(true);
  });

  it('a label that stays taken leaves the file for the next login', async () => {
    const taken = { code: 5, output: 'Bootstrap failed: 5: Input/output error' };
    let now = 0;
    const clock = {
      now: () => now,
      after(ms: number, callback: () => void) {
        now += ms;
        const soon = setImmediate(callback);
        return () => clearImmediate(soon);
      },
    };
    let offers = 0;
    const busy = darwinLoginEntries(
      {
        domain: launchd.domain,
        clock,
        launchctlNow: () => ({ code: 0, output: '' }),
        async launchctl([verb]) {
          if (verb === 'print') return { code: 113, output: 'Could not find service' };
          offers += 1;
          return taken;
        },
      },
      agents,
    );
    await busy.register(program);
    expect(offers).toBeGreaterThan(20);
    expect(busy.isCurrent(program)).toBe(true);
  });

  it('one that its user has switched off is switched on again', async () => {
    const sleeper = running(idleProgram);
    launchd.disable(label);
    await entries.register(sleeper);
    expect(entries.isEnabled(id)).toBe(true);
    await until(pidOf, 'the job');
    launchd.disable(label);
    expect(entries.isEnabled(id)).toBe(false);
  });

  it('it is started again after a crash, and not after a final code', async () => {
    const count = `const fs = require('fs'); fs.appendFileSync('starts', 'x');`;
    const asked = `process.argv.includes('--final-as-success')`;
    const script = `${count} process.exit(fs.statSync('starts').size < 3 ? 70 : ${asked} ? 0 : 75)`;
    await entries.register(running(script));
    const starts = () => launchd.job(label)?.starts;
    await until(
      () => starts() === 3 && !pidOf() && launchd.isAtRest,
      'the third end, and no start after it',
    );
  });

  it('a refusal is said with launchd’s words, and leaves nothing', async () => {
    writeFileSync(
      join(bench.folder, 'launchd-bin', 'launchctl'),
      '#!/bin/sh\necho "Bootstrap failed: 125: Domain does not support specified action" >&2\nexit 125\n',
    );
    await expect(entries.register(program)).rejects.toThrow(/125: Domain does not/);
    expect(readdirSync(agents)).toEqual([]);
  });

  it('what it starts knows by its surroundings that it belongs to the entry', async () => {
    const script = `require('fs').writeFileSync('env', JSON.stringify(process.env))`;
    await entries.register(running(script));
    await until(() => !pidOf() && launchd.isAtRest, 'its end');
    const env = JSON.parse(readFileSync(join(bench.folder, 'env'), 'utf8'));
    expect(isOfAgent(id, env)).toBe(true);
    expect(isOfAgent('0123456789abcdef', env)).toBe(false);
    expect(isOfAgent(id, { XPC_SERVICE_NAME: 'application.dev.holdfast.app.1.2' })).toBe(false);
    expect(isOfAgent(id, {})).toBe(false);
  });

  it('the file that is registered names the agent', async () => {
    await entries.register(running(idleProgram));
    expect(readFileSync(entries.file(id), 'utf8')).toContain(`<string>${label}</string>`);
  });
});

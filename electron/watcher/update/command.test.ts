/** Update commands as real programs: their exit codes, what they leave behind, their time limits. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { profileSchema } from '../../contract/profile.ts';
import { ownUpdateCommandOf } from '../../gateway/profiles/own-update.ts';
import {
  createExitWaiter,
  type ExitWaiter,
  type Identity,
  isAlive,
  stopTree,
  systemClock,
} from '../../process/index.ts';
import { platform } from '../../process/platform.ts';
import { until } from '../../testing/processes.ts';
import {
  awaitCommand,
  type CommandResult,
  newCommandNonce,
  runCommand,
  updateCommandOf,
} from './command.ts';

let folder: string;
let waiter: ExitWaiter;
let started: Identity[];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'holdfast-command-')));
  mkdirSync(path.join(folder, 'data'));
  waiter = createExitWaiter();
  started = [];
});
afterEach(async () => {
  for (const one of started) await stopTree(one, { graceMs: 0, graceful: 'none' });
  waiter.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `script` as the update command of a profile. */
function run(script: string, timeoutMs = 20_000): Promise<CommandResult> {
  const profile = z.parse(profileSchema, {
    schema: 1,
    id: 'g',
    name: 'G',
    program: { type: 'command', command: 'g' },
    env: { OWN: 'mine' },
    update: {
      policy: 'release',
      command: { command: process.execPath, args: ['-e', script], timeoutMs },
    },
  });
  const command = updateCommandOf(profile);
  if (!command) throw new Error('no command');
  return runCommand(profile, command, {
    nonce: newCommandNonce(),
    waiter,
    clock: systemClock,
    logFile: path.join(folder, 'log'),
    dataDir: path.join(folder, 'data'),
    stateRoot: folder,
    env: { PATH: process.env.PATH, SECRET_TOKEN: 'x' },
    onRunning: (identity) => started.push(identity),
  });
}

const said = (): string => readFileSync(path.join(folder, 'log'), 'utf8');

it('a command that ends with 0 has no problem; it has the gateway’s environment', async () => {
  const result = await run('console.log(JSON.stringify([process.cwd(), process.env]))');
  expect(result).toEqual({ problem: null, detail: 'exit code 0' });
  const [cwd, env] = JSON.parse(said());
  expect(cwd).toBe(path.join(folder, 'data'));
  expect(env).toMatchObject({ OWN: 'mine', HOLDFAST_STATE: folder });
  expect(env).not.toHaveProperty('SECRET_TOKEN');
});

it('a command that ends with another code has failed, and its output is kept', async () => {
  const { problem, detail } = await run('console.error("no room"); process.exit(3)');
  expect(detail).toBe('exit code 3');
  expect(problem?.message).toMatch(/update command of G .* failed: exit code 3\./);
  expect(said()).toBe('no room\n');
});

it('a command that was ended by a signal has failed', async () => {
  const { problem, detail } = await run('process.kill(process.pid, "SIGKILL")');
  expect(detail).toBe('ended by SIGKILL');
  expect(problem).not.toBeNull();
});

it('a command that leaves a child behind has ended when the child has [F7]', async () => {
  const child = `
    const { existsSync, writeFileSync } = require("fs");
    writeFileSync("forked", "");
    const look = setInterval(() => {
      if (!existsSync("go")) return;
      writeFileSync("done", "");
      clearInterval(look);
    }, 5);`;
  let over = false;
  const result = run(
    `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { detached: true, stdio: "ignore" }).unref()`,
  ).finally(() => {
    over = true;
  });
  const [root] = await until(() => started.length > 0 && started, 'the command');
  if (!root) throw new Error('no command');
  const data = (name: string): string => path.join(folder, 'data', name);
  await until(() => read(data('forked')) !== undefined, 'the child');
  await until(() => !isAlive(root), 'the end of the command itself');
  // By now it knows of that end; it waits only for the child.
  await new Promise((resolve) => waiter.watch(root, resolve));
  expect(platform.treeOf(root)).toHaveLength(1);
  expect(over).toBe(false);
  writeFileSync(data('go'), '');
  expect(await result).toEqual({ problem: null, detail: 'exit code 0' });
  expect(read(data('done'))).toBe('');
});

it('a command that does not end in time is ended with everything it started [F5]', async () => {
  const { problem, detail } = await run('setInterval(() => {}, 1e6)', 1_000);
  expect(detail).toBe('not finished after 1 s');
  expect(problem).not.toBeNull();
  expect(started.some(isAlive)).toBe(false);
});

it('a command that can’t be started is named', async () => {
  const profile = z.parse(profileSchema, {
    schema: 1,
    id: 'g',
    name: 'G',
    program: { type: 'command', command: 'g' },
    update: { policy: 'release', command: { command: path.join(folder, 'none') } },
  });
  const command = updateCommandOf(profile);
  if (!command) throw new Error('no command');
  const { problem } = await runCommand(profile, command, {
    nonce: newCommandNonce(),
    waiter,
    clock: systemClock,
    logFile: path.join(folder, 'log'),
    dataDir: path.join(folder, 'data'),
    stateRoot: folder,
    env: {},
    onRunning: (identity) => started.push(identity),
  });
  expect(problem?.message).toContain('could not be started');
  expect(started).toEqual([]);
});

it('a command of an earlier watcher is waited for, and ended when its time is over', async () => {
  const result = run('setInterval(() => {}, 1e6)');
  const [root] = await until(() => started.length > 0 && started, 'the command');
  if (!root) throw new Error('no command');
  await awaitCommand(root, 200, { waiter, clock: systemClock });
  expect(isAlive(root)).toBe(false);
  await result;
});

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

it('a gateway that runs on during an update of Holdfast is updated by its own command alone', () => {
  const profile = z.parse(profileSchema, {
    schema: 1,
    id: 'g',
    name: 'G',
    program: { type: 'command', command: 'g' },
    update: { policy: 'keep', command: { command: 'g-update' } },
  });
  expect(updateCommandOf(profile)).toBeUndefined();
  expect(ownUpdateCommandOf(profile)?.command).toBe('g-update');
});

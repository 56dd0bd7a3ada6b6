/**
 * What is asked of the user's systemd, word for word, and what comes of it. In its place stand two
 * programs on the search path: one writes down its words and starts the command as they say, one
 * tells the unit's process.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nonceVariable } from '../../contract/identity.ts';
import { createWorkbench, until, type Workbench } from '../../testing/processes.ts';
import { forbiddenVariables } from '../environment.ts';
import { createExitWaiter } from '../exit-waiter.ts';
import { isAlive } from '../identity.ts';
import { judgeEscape } from '../judge-escape.ts';
import type { ExitWaiter } from '../platform-interface.ts';
import type { SpawnSpec } from '../spawn-spec.ts';
import { facts, systemdRun } from './escape.ts';

let bench: Workbench;
let waiter: ExitWaiter;
let pathBefore: string | undefined;
beforeEach(() => {
  bench = createWorkbench();
  waiter = createExitWaiter();
  pathBefore = process.env.PATH;
  mkdirSync(join(bench.folder, 'bin'));
  process.env.PATH = `${join(bench.folder, 'bin')}:${pathBefore}`;
});
afterEach(() => {
  process.env.PATH = pathBefore;
  waiter.close();
  bench.clean();
});

const at = (name: string): string => join(bench.folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');

/** A program on the search path. */
function standIn(name: string, script: string): void {
  const file = at(`bin/${name}`);
  writeFileSync(`${file}.cjs`, script);
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${file}.cjs' "$@"\n`);
  chmodSync(file, 0o700);
}

/** systemd in so far as Holdfast needs it. */
function standInForSystemd(): void {
  standIn(
    'systemd-run',
    `const { openSync, writeFileSync } = require('node:fs');
    const words = process.argv.slice(2);
    writeFileSync(${JSON.stringify(at('words'))}, JSON.stringify(words));
    const options = words.slice(0, words.indexOf('--'));
    const [command, ...args] = words.slice(options.length + 1);
    const all = (start) => options.filter((one) => one.startsWith(start)).map((one) => one.slice(start.length));
    const [cwd] = all('--working-directory=');
    const [out, errors] = ['Output', 'Error'].map((one) => {
      const [target] = all('--property=Standard' + one + '=');
      return target.startsWith('append:') ? openSync(target.slice(7), 'a') : 'ignore';
    });
    const env = Object.fromEntries(all('--setenv=').map((name) => [name, process.env[name]]));
    const child = require('node:child_process').spawn(command, args, {
      cwd, env, detached: true, stdio: ['ignore', out, errors],
    });
    writeFileSync(${JSON.stringify(at('pid'))}, String(child.pid));
    child.unref();`,
  );
  standIn(
    'systemctl',
    `const { readFileSync, writeFileSync } = require('node:fs');
    writeFileSync(${JSON.stringify(at('asked'))}, JSON.stringify(process.argv.slice(2)));
    console.log(readFileSync(${JSON.stringify(at('pid'))}, 'utf8'));`,
  );
}

/** Says what it was given, and lives on. */
const telling = `
  console.log(JSON.stringify([process.cwd(), process.argv.slice(1), process.env]));
  console.error('some other error');
  setInterval(() => {}, 1e6);`;

const specOf = (): SpawnSpec =>
  bench.spec(telling, {
    kind: 'watcher',
    args: ['-e', telling, 'two words', '--kill=all', '-p'],
    env: { PATH: process.env.PATH ?? '', TOKEN: 'a secret' },
    nonce: 'n0nce',
    stderr: 'ignore',
  });

describe('the user’s systemd', () => {
  test('gets word for word, among the other settings, that the end of a unit ends none of its children [R102]', async () => {
    standInForSystemd();
    const spec = specOf();
    const reasons: string[] = [];
    const result = await systemdRun(spec, reasons, waiter);
    if (!result) throw new Error(reasons.join());
    bench.endLater(result);
    const words: string[] = JSON.parse(read('words'));
    const unit = words.find((word) => word.startsWith('--unit='))?.slice('--unit='.length) ?? '';
    expect(unit).toMatch(/^holdfast-watcher-[0-9a-f]{12}\.service$/);
    expect(words).toEqual([
      '--user',
      '--collect',
      '--quiet',
      `--unit=${unit}`,
      '--service-type=exec',
      `--working-directory=${bench.folder}`,
      `--property=StandardOutput=append:${at('out.log')}`,
      '--property=StandardError=null',
      '--property=KillMode=process',
      '--property=UMask=0077',
      `--property=UnsetEnvironment=${forbiddenVariables.join(' ')}`,
      '--setenv=PATH',
      '--setenv=TOKEN',
      `--setenv=${nonceVariable}`,
      '--',
      spec.command,
      ...spec.args,
    ]);
    expect(JSON.parse(read('asked'))).toEqual(['--user', 'show', '-p', 'MainPID', '--value', unit]);
  });

  test('starts what is then known, looked at, and heard when it ends [R102]', async () => {
    standInForSystemd();
    const result = await systemdRun(specOf(), [], waiter);
    if (!result) throw new Error('not started');
    bench.endLater(result);
    expect(result).toMatchObject({
      identity: { pid: Number(read('pid')), nonce: 'n0nce' },
      // Our own stand-in starts it where we are: that is what has to be said of it.
      escape: {
        rung: 'systemd-run',
        proof: judgeEscape(facts(process.pid), facts(result.pid)).proof,
      },
    });
    const said = await until(() => read('out.log').includes('\n') && read('out.log'), 'its words');
    const [cwd, args, env] = JSON.parse(said);
    expect(cwd).toBe(bench.folder);
    expect(args).toEqual(['two words', '--kill=all', '-p']);
    expect(env).toMatchObject({ TOKEN: 'a secret', [nonceVariable]: 'n0nce' });
    expect(Object.keys(env).sort()).toEqual([nonceVariable, 'PATH', 'TOKEN'].sort());
    const ended = result.exited;
    process.kill(result.pid, 'SIGKILL');
    await ended;
    expect(isAlive(result.identity)).toBe(false);
  });

  test.each([
    [
      'refuses',
      'console.error("Failed to connect to bus: No medium found"); process.exit(1)',
      /\(Failed to connect to bus: No medium found\)/,
    ],
    ['starts what ends at once', '', /holdfast-watcher-[0-9a-f]{12}\.service ended at once/],
  ])('that %s leaves it to the next rung, and says why [R102]', async (_what, script, why) => {
    standIn('systemd-run', script);
    standIn('systemctl', 'console.log(0)');
    const reasons: string[] = [];
    expect(await systemdRun(specOf(), reasons, waiter)).toBeUndefined();
    expect(reasons.join()).toMatch(/^The user's systemd could not start it/);
    expect(reasons.join()).toMatch(why);
  });

  test('that is not there leaves it to the next rung', async () => {
    process.env.PATH = at('bin');
    const reasons: string[] = [];
    expect(await systemdRun(specOf(), reasons, waiter)).toBeUndefined();
    expect(reasons.join()).toMatch(/could not start it \(.*ENOENT.*\)/);
  });
});

/**
 * The packed app on the system that packed it: started, killed, its gateway found serving, taken off the account,
 * and what is left counted. What a runner of macOS or Windows can do without a desktop to click on.
 *
 *   npm run pack && node scripts/packed.mjs       the app in dist/
 *   node scripts/packed.mjs --tree                the built tree, with Electron from the cache
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDisplay } from './lib/display.mjs';
import { resolveElectron } from './lib/electron-runtime.mjs';
import { bundledNode, isRoot, root } from './lib/paths.mjs';
import { Problem, runScript, say } from './lib/say.mjs';

const { values } = parseArgs({ options: { tree: { type: 'boolean', default: false } } });

/** A cold start on a runner, and a gateway after it. Milliseconds. */
const patienceMs = 90_000;
const lookMs = 250;

/**
 * @typedef {object} Copy
 * @property {string} program
 * @property {string[]} args
 * @property {string} node the runtime that the watcher runs on
 * @property {string} cli
 */

/** @returns {Promise<Copy>} */
async function copy() {
  const flags = isRoot && process.platform === 'linux' ? ['--no-sandbox'] : [];
  if (values.tree) {
    const { executable } = await resolveElectron();
    const cli = path.join(root, 'out', 'watcher', 'cli.cjs');
    return { program: executable, args: [...flags, root], node: bundledNode, cli };
  }
  const { program, resources } = packed();
  const stage = path.join(resources, 'holdfast-stage');
  const node = path.join(
    stage,
    'runtime',
    process.platform === 'win32' ? 'watcher-node.exe' : 'watcher-node',
  );
  return { program, args: flags, node, cli: path.join(stage, 'watcher', 'cli.cjs') };
}

/** Where electron-builder leaves an unpacked app; on macOS the folder is named by the architecture. */
function packed() {
  const dist = path.join(root, 'dist');
  const mac = existsSync(dist)
    ? readdirSync(dist).find((name) => /^mac(-|$)/.test(name))
    : undefined;
  const [folder, program, resources] =
    process.platform === 'darwin'
      ? [path.join(dist, mac ?? 'mac', 'Holdfast.app', 'Contents'), 'MacOS/Holdfast', 'Resources']
      : process.platform === 'win32'
        ? [path.join(dist, 'win-unpacked'), 'Holdfast.exe', 'resources']
        : [path.join(dist, 'linux-unpacked'), 'holdfast', 'resources'];
  const found = { program: path.join(folder, program), resources: path.join(folder, resources) };
  if (!existsSync(found.program))
    throw new Problem(`${found.program} is missing; run npm run pack first.`);
  return found;
}

/**
 * Every process whose command line names `word`, as the system itself lists them; without this script.
 * @param {string} word
 * @returns {string[]}
 */
function census(word) {
  const list =
    process.platform === 'win32'
      ? execFileSync(
          'powershell.exe',
          [
            '-NoProfile',
            '-Command',
            'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.CommandLine)" }',
          ],
          { encoding: 'utf8' },
        )
      : execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return list
    .split('\n')
    .filter((line) => line.includes(word) && Number.parseInt(line, 10) !== process.pid);
}

/**
 * @template T
 * @param {string} what
 * @param {() => T | undefined | null | false} find
 * @returns {Promise<T>}
 */
async function until(what, find) {
  for (const end = performance.now() + patienceMs; ; ) {
    const found = find();
    if (found) return found;
    if (performance.now() > end)
      throw new Problem(`Waited ${patienceMs / 1000} s in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

await runScript(async () => {
  const { program, args, node, cli } = await copy();
  const home = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'hf-packed-')));
  const state = path.join(home, 'state');
  const display = await ensureDisplay([], process.env);
  const env = { ...process.env, ...display.env };
  /** @param {string[]} words */
  const holdfast = (...words) =>
    spawnSync(node, [cli, '--user-data-dir', state, ...words], { env, encoding: 'utf8' });
  /** @param {string[]} words */
  const must = (...words) => {
    const { status, stdout, stderr } = holdfast(...words);
    if (status !== 0)
      throw new Problem(`"holdfast ${words.join(' ')}" ended with ${status}:\n${stdout}${stderr}`);
    say(`holdfast ${words.slice(0, 2).join(' ')}: done`);
  };
  try {
    const port = await freePort();
    const serve = `require('node:http').createServer((_, answer) => answer.end('ok')).listen(${port}, '127.0.0.1')`;
    must(
      'add',
      'Box',
      '--health',
      `http://127.0.0.1:${port}/`,
      '--',
      node,
      '-e',
      serve,
      '--',
      home,
    );
    must('wait', 'box', '--for', 'healthy', '--timeout', '60');
    const app = spawn(program, [...args, `--user-data-dir=${state}`], { env, stdio: 'ignore' });
    await until('the app to come up', () => existsSync(path.join(state, 'run', 'app.json')));
    say(`the app runs, with ${census(home).length} processes around it`);
    app.kill('SIGKILL');
    await until('the app to end', () => app.exitCode !== null || app.signalCode !== null);
    must('wait', 'box', '--for', 'healthy', '--timeout', '60');
    must('uninstall', '--gateways', 'stop', '--data', '--yes');
    await until('every process to end', () => census(home).length === 0);
    if (existsSync(state)) throw new Problem(`${state} is still there.`);
    say('nothing is left: no process, no folder');
  } finally {
    for (const line of census(home)) say(`left: ${line.trim().slice(0, 160)}`);
    display.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
});

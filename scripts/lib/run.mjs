/**
 * Runs other programs: waits for them, hands on Ctrl-C, and never leaves one behind.
 */
import { spawn, spawnSync } from 'node:child_process';
import os from 'node:os';
import { bundledNode, root, toolEnvironment, toolPath } from './paths.mjs';
import { Problem } from './say.mjs';

/**
 * Runs a program with our own input and output.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code, 128 + n when signal n ended it
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    const stop = () => process.off('SIGINT', pass).off('SIGTERM', pass);
    child.once('error', (error) => {
      stop();
      reject(new Problem(`Could not start ${command}: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      stop();
      resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0));
    });
  });
}

/**
 * Runs a program that has to succeed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export async function mustRun(command, args, options = {}) {
  const code = await run(command, args, options);
  if (code !== 0) throw new Problem(`${command} ${args.join(' ')} ended with code ${code}.`);
}

/**
 * Runs a program whose output matters only when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to our own
 * @returns {Promise<{ code: number, output: string }>} both streams in one text
 */
export function runQuietly(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', (error) => {
      reject(new Problem(`Could not start ${command}: ${error.message}`));
    });
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Runs one of the project's tools on the pinned Node.
 * @param {string} name see {@link toolPath}
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} its exit code
 */
export function runTool(name, args, env = {}) {
  return run(bundledNode, [toolPath(name), ...args], { env: toolEnvironment(env) });
}

/**
 * The output of a program that ends quickly, or null when it is missing or fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string | null}
 */
export function outputOf(command, args) {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return result.status === 0 ? result.stdout.trim() : null;
}

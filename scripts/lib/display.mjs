/**
 * A display for the run when there is none: Xvfb, on a number that it picks itself.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { isRoot } from './paths.mjs';
import { Problem } from './say.mjs';

/** Where X servers put their sockets; made here because only root can make it sticky. */
const sockets = '/tmp/.X11-unix';
/** A laptop's size: the window and its dialogs fit. */
const screen = '1366x900x24';
const startTimeoutMs = 15_000;

/**
 * @typedef {object} Display
 * @property {NodeJS.ProcessEnv} env what programs need to use it
 * @property {() => void} stop
 */

/**
 * The display to use: the user's own, else a new one.
 * @param {readonly string[]} prefix words that make a command run as the right user
 * @param {NodeJS.ProcessEnv} env that user's environment
 * @returns {Promise<Display>}
 */
export async function ensureDisplay(prefix, env) {
  const own = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (process.platform !== 'linux' || (own && prefix.length === 0)) {
    return { env: {}, stop: () => {} };
  }
  if (isRoot && !existsSync(sockets)) {
    mkdirSync(sockets);
    chmodSync(sockets, 0o1777);
  }
  return startXvfb(prefix, env);
}

/**
 * @param {readonly string[]} prefix
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Display>}
 */
function startXvfb(prefix, env) {
  const options = ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-noreset'];
  const [command = '', ...args] = [...prefix, 'Xvfb', ...options];
  const server = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const stop = () => void server.kill();
  return new Promise((resolve, reject) => {
    let errors = '';
    /** @param {string} why */
    const fail = (why) => {
      stop();
      reject(new Problem(`No display: Xvfb ${why}. ${errors.trim()}`));
    };
    const timer = setTimeout(() => fail('did not start in time'), startTimeoutMs);
    server.stderr?.on('data', (chunk) => {
      errors = `${errors}${chunk}`.slice(-2000);
    });
    server.once('error', (error) => fail(`did not start: ${error.message}`));
    server.once('exit', (code) => fail(`ended with code ${code}`));
    /** @type {import('node:stream').Readable} */ (server.stdio[3]).once('data', (number) => {
      clearTimeout(timer);
      resolve({ env: { DISPLAY: `:${String(number).trim()}`, WAYLAND_DISPLAY: '' }, stop });
    });
  });
}

/**
 * Starts the built app from the clone, for a person to use. The terminal shows Holdfast's own lines,
 * which the app writes to its output. What Chromium and the desktop's libraries complain about goes to
 * a file: on a machine without a session bus or a GPU that is a page of lines that mean nothing. A first
 * start begins with the demo gateway, so that there is something to look at.
 */
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureDisplay } from './display.mjs';
import { isRoot, root, toolEnvironment } from './paths.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';

/** What Electron's error stream goes to; rewritten at each start. */
const chromiumErrors = path.join(root, 'out', 'electron-errors.log');
/** Of that file, shown when the app could not run: the cause stands at its end. */
const lastLines = 15;

/**
 * @param {string} executable Electron's
 * @param {readonly string[]} args for the app
 * @param {string} [errorFile]
 * @returns {Promise<number>} the app's exit code
 */
export async function launchApp(executable, args, errorFile = chromiumErrors) {
  const flags = ['--demo'];
  if (isRoot && process.platform === 'linux') {
    flags.push('--no-sandbox');
    say(
      'WARNING: you are root, so Chromium runs without its sandbox. Use another user for real work.',
    );
  }
  const display = await ensureDisplay([], toolEnvironment());
  if (display.env.DISPLAY)
    say(`no display here; the window is on a virtual one, ${display.env.DISPLAY}`);
  mkdirSync(path.dirname(errorFile), { recursive: true });
  const errors = openSync(errorFile, 'w');
  try {
    const code = await run(executable, [...flags, root, ...args], {
      env: toolEnvironment(display.env),
      stdio: ['inherit', 'inherit', errors],
    });
    if (code !== 0) sayWhy(code, errorFile);
    return code;
  } finally {
    closeSync(errors);
    display.stop();
  }
}

/** @param {number} code the app's exit code @param {string} errorFile */
function sayWhy(code, errorFile) {
  const said = readFileSync(errorFile, 'utf8').trimEnd().split('\n').slice(-lastLines);
  say(`Holdfast ended with code ${code}. The end of ${errorFile}:`);
  for (const line of said) process.stderr.write(`  ${line}\n`);
}

/**
 * Starts the built app from the clone, for a person to use.
 */
import { ensureDisplay } from './display.mjs';
import { isRoot, root, toolEnvironment } from './paths.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';

/**
 * @param {string} executable Electron's
 * @param {readonly string[]} args for the app
 * @returns {Promise<number>} the app's exit code
 */
export async function launchApp(executable, args) {
  const flags = [];
  if (isRoot && process.platform === 'linux') {
    flags.push('--no-sandbox');
    say(
      'WARNING: you are root, so Chromium runs without its sandbox. Use another user for real work.',
    );
  }
  const display = await ensureDisplay([], toolEnvironment());
  if (display.env.DISPLAY)
    say(`no display here; the window is on a virtual one, ${display.env.DISPLAY}`);
  try {
    return await run(executable, [...flags, root, ...args], { env: toolEnvironment(display.env) });
  } finally {
    display.stop();
  }
}

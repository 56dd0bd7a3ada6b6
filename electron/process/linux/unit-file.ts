/** The text of a systemd user unit. Pure. */
import type { LoginProgram } from '../login-program.ts';

/** Lost for good is worse than late: a second, and again a second, without systemd's limit of five. */
const RESTART_SECONDS = 1;

/**
 * One word as systemd reads it: quoted, with its specifiers and variables taken literally
 * (systemd.service(5), "Command lines").
 */
function quoted(word: string, variables: boolean): string {
  const text = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  return `"${variables ? text.replaceAll('$', '$$$$') : text}"`;
}

/** @throws a sentence when the program can't be written into a unit */
export function unitText(program: LoginProgram): string {
  const { command, args, cwd, env, finalCodes } = program;
  const words = [command, ...args, cwd, ...Object.values(env)];
  if (words.some((word) => /[\n\r\0]/.test(word))) {
    throw new Error('A path with a line break in it can’t be registered with systemd.');
  }
  return [
    '# Written by Holdfast; switch it off in its settings instead of changing it here.',
    '[Unit]',
    'Description=Holdfast looks after your gateways',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${[command, ...args].map((word) => quoted(word, true)).join(' ')}`,
    `WorkingDirectory=${cwd.replaceAll('%', '%%')}`,
    ...Object.entries(env).map(
      ([name, value]) => `Environment=${quoted(`${name}=${value}`, false)}`,
    ),
    'Restart=on-failure',
    `RestartSec=${RESTART_SECONDS}`,
    `RestartPreventExitStatus=${finalCodes.join(' ')}`,
    // The gateways it has started are not its own: they outlive it, and the next one adopts them.
    'KillMode=process',
    'UMask=0077',
    'StandardOutput=null',
    '',
    '[Install]',
    'WantedBy=default.target',
    '',
  ].join('\n');
}

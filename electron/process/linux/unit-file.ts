/** The text of a systemd user unit. Pure. */
import type { LoginProgram } from '../login-entry.ts';

/** A restart every second without end: systemd's limit of five would not restart the watcher any more. */
const restartSeconds = 1;

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
    `RestartSec=${restartSeconds}`,
    `RestartPreventExitStatus=${finalCodes.join(' ')}`,
    // The gateways that it has started outlive it, and the next watcher adopts them.
    'KillMode=process',
    'UMask=0077',
    'StandardOutput=null',
    '',
    '[Install]',
    'WantedBy=default.target',
    '',
  ].join('\n');
}

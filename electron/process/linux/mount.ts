/**
 * What the mount that a program lies on forbids. An AppImage's mount ends with the app, so a program
 * that must survive may not run from it.
 */
import { readFileSync } from 'node:fs';
import { SpawnError } from '../spawn-spec.ts';

/** Throws a SpawnError for a program on the mount that vanishes with the app. */
export function refuseInsideMount(command: string, mount = process.env.APPDIR ?? ''): void {
  if (mount === '' || !command.startsWith(`${mount}/`)) return;
  throw new SpawnError(
    'inside-app',
    command,
    `The program ${command} lies inside the running app image and would vanish with it. It must be staged first.`,
  );
}

/** False where the system does not show its mounts. */
export function isOnNoExecMount(file: string): boolean {
  try {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .map(([, , , , point = '', options = '']) => ({ point: unescaped(point), options }));
    const mount = mounts
      .filter(({ point }) => point === '/' || file === point || file.startsWith(`${point}/`))
      .sort((a, b) => a.point.length - b.point.length)
      .at(-1);
    return mount?.options.split(',').includes('noexec') === true;
  } catch {
    return false;
  }
}

/** mountinfo writes spaces and the like as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

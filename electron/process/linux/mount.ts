/** Mounts: what a program's own forbids. An AppImage's mount ends with the app: what must survive may not run from it. */
import { readFileSync } from 'node:fs';
import { SpawnError } from '../spawn-spec.ts';

/** Nothing may run from a mount that vanishes with the app. */
export function refuseInsideMount(command: string, mount = process.env.APPDIR ?? ''): void {
  if (mount === '' || !command.startsWith(`${mount}/`)) return;
  throw new SpawnError(
    'inside-app',
    command,
    `The program ${command} lies inside the running app image and would vanish with it. It must be staged first.`,
  );
}

/** By the mount it lies on; false where the system does not tell. */
export function isOnNoExecMount(file: string): boolean {
  try {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .map(([, , , , point = '', options = '']) => ({ point: unescaped(point), options }));
    const of = mounts
      .filter(({ point }) => point === '/' || file === point || file.startsWith(`${point}/`))
      .sort((a, b) => a.point.length - b.point.length)
      .at(-1);
    return of?.options.split(',').includes('noexec') === true;
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

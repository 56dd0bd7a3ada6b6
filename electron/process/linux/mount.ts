/** An AppImage's mount ends with the app: what must survive may not run from it. */
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

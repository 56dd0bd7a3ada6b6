/**
 * What the watcher may pass on when it starts the app: arguments and environment variables on this
 * list, nothing else. The app filters when it writes the plan; the watcher refuses a plan with more.
 * No secret is on the list, because a plan is a file.
 */
import * as z from 'zod/mini';
import { windowsVariables } from '../process/index.ts';

const flags: readonly string[] = [
  '--hidden',
  '--quit-when-updated',
  '--disable-updates',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
];
/** Only as `--name=value`. */
const values: readonly string[] = [
  '--user-data-dir',
  '--lang',
  '--ozone-platform',
  '--ozone-platform-hint',
  '--force-device-scale-factor',
  // Read by the test flavour only; the shipped one ignores them.
  '--remote-debugging-port',
  '--feed-url',
  '--soak-ms',
];

const passedVariables: ReadonlySet<string> = new Set([
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'PATH',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'DBUS_SESSION_BUS_ADDRESS',
  'DESKTOP_SESSION',
  'GDK_BACKEND',
  'GTK_THEME',
  'GTK_IM_MODULE',
  'QT_IM_MODULE',
  'XMODIFIERS',
  'LIBGL_ALWAYS_SOFTWARE',
  'NO_AT_BRIDGE',
  // Machines without FUSE run the image extracted; without this the new app would not start there.
  'APPIMAGE_EXTRACT_AND_RUN',
  'ELECTRON_OZONE_PLATFORM_HINT',
  // Read by the test flavour only.
  'HOLDFAST_FEED_URL',
  'HOLDFAST_SOAK_MS',
]);

/** Without these a program on Windows does not even start; case does not matter in their names. */
const passedOnWindows: ReadonlySet<string> = new Set(windowsVariables);

/** True for an argument that a newly started app may get. */
function isAllowedArgument(argument: string): boolean {
  if (argument.length > 4096 || argument.includes('\0')) return false;
  if (flags.includes(argument)) return true;
  return values.some((name) => argument.startsWith(`${name}=`));
}

/** True for a variable that a newly started app may get. */
function isAllowedVariable(name: string): boolean {
  return (
    passedVariables.has(name) ||
    passedOnWindows.has(name.toUpperCase()) ||
    /^(?:XDG|LC)_[A-Z0-9_]+$/.test(name)
  );
}

export const launchSchema = z.strictObject({
  file: z.string().check(z.minLength(1), z.maxLength(4096)),
  args: z
    .array(z.string().check(z.refine(isAllowedArgument, 'is not on the list of arguments')))
    .check(z.maxLength(64)),
  env: z.record(
    z.string().check(z.refine(isAllowedVariable, 'is not on the list of variables')),
    z.string().check(z.maxLength(32_768)),
  ),
});
export type Launch = z.infer<typeof launchSchema>;

/** The part of this app's arguments and environment that a newly started app gets. */
export function launchOf(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Launch {
  const kept = joinValues(args).filter(isAllowedArgument);
  const variables = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isAllowedVariable(entry[0]),
  );
  return { file, args: [...new Set(kept)], env: Object.fromEntries(variables) };
}

/** `--user-data-dir x` as two words becomes one, as Chromium reads both. */
function joinValues(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    const next = args[index + 1];
    if (values.includes(word) && next !== undefined && !next.startsWith('--')) {
      joined.push(`${word}=${next}`);
      index += 1;
    } else {
      joined.push(word);
    }
  }
  return joined;
}

/**
 * Which part of the user's environment a process of ours may see: an allow-list, and never what belongs
 * to the app's own run (its mount, its runtime switches, its preloads).
 */
import { delimiter, sep } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const posixAllowed = [
  'PATH',
  'HOME',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'USER',
  'LOGNAME',
  'SHELL',
  'TERM',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'DBUS_SESSION_BUS_ADDRESS',
  'SSH_AUTH_SOCK',
  'LD_LIBRARY_PATH',
  '__CF_USER_TEXT_ENCODING',
];
const posixPrefixes = ['LC_', 'XDG_'];

/** Windows programs fail in odd ways without these (winsock needs SystemRoot, for one). */
export const windowsVariables: readonly string[] = [
  'PATH',
  'PATHEXT',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'TEMP',
  'TMP',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'ALLUSERSPROFILE',
  'PUBLIC',
  'USERPROFILE',
  'USERNAME',
  'USERDOMAIN',
  'HOMEDRIVE',
  'HOMEPATH',
  'COMPUTERNAME',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'PROGRAMW6432',
  'COMMONPROGRAMFILES',
  'COMMONPROGRAMFILES(X86)',
  'COMMONPROGRAMW6432',
  'PROCESSOR_ARCHITECTURE',
  'NUMBER_OF_PROCESSORS',
  'OS',
  'LANG',
  'TZ',
  'PSMODULEPATH',
];

/** Never passed on, not even when a profile asks for the app's whole environment. */
export const forbiddenVariables: readonly string[] = [
  'ELECTRON_RUN_AS_NODE',
  'ELECTRON_NO_ATTACH_CONSOLE',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
  'NODE_CHANNEL_FD',
  'NODE_UNIQUE_ID',
  'APPDIR',
  'APPIMAGE',
  'OWD',
  'ARGV0',
  'LD_PRELOAD',
  'LD_AUDIT',
  'DYLD_INSERT_LIBRARIES',
  'CHROME_DESKTOP',
  'HOLDFAST_NONCE',
];

/**
 * True for the variables above and every switch of Node (preloads, coverage, TLS checks, …): each
 * program of ours gets its own.
 */
function isForbidden(name: string): boolean {
  const upper = name.toUpperCase();
  return forbiddenVariables.includes(upper) || upper.startsWith('NODE_');
}

function isUnder(path: string, mount: string): boolean {
  return mount !== '' && (path === mount || path.startsWith(mount + sep));
}

/** A search path without entries under the app's mount; undefined when nothing is left. */
function withoutMount(value: string, mount: string): string | undefined {
  const kept = value.split(delimiter).filter((entry) => !isUnder(entry, mount));
  return kept.length === 0 ? undefined : kept.join(delimiter);
}

function isAllowed(name: string, platform: NodeJS.Platform): boolean {
  if (isForbidden(name)) return false;
  if (platform === 'win32') return windowsVariables.includes(name.toUpperCase());
  return posixAllowed.includes(name) || posixPrefixes.some((prefix) => name.startsWith(prefix));
}

/** The allowed part of `base`, search paths cleaned of the app's mount (`APPDIR`). */
function allowedPart(base: Environment, platform: NodeJS.Platform): Record<string, string> {
  const mount = base.APPDIR ?? '';
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value === undefined || !isAllowed(name, platform)) continue;
    const list = /^(path|ld_library_path|xdg_data_dirs|xdg_config_dirs)$/i.test(name);
    const cleaned = list ? withoutMount(value, mount) : isUnder(value, mount) ? undefined : value;
    if (cleaned !== undefined) result[name] = cleaned;
  }
  return result;
}

/**
 * A gateway's environment: the allowed part of `base` and the profile's `own` variables on top.
 * The profile's variables are passed on unchanged, because the user has set them.
 */
export function gatewayEnvironment(
  base: Environment,
  own: Readonly<Record<string, string>> = {},
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  return { ...allowedPart(base, platform), ...own };
}

/** For our own programs (watcher, installer, the new app): everything except what belongs to this run. */
export function appEnvironment(
  base: Environment,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const mount = base.APPDIR ?? '';
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value === undefined || isForbidden(name)) continue;
    if (name === 'LD_LIBRARY_PATH' && mount !== '') continue;
    const cleaned = value.includes(delimiter)
      ? withoutMount(value, mount)
      : isUnder(value, mount)
        ? undefined
        : value;
    if (cleaned !== undefined) result[name] = cleaned;
  }
  return { ...result, ...own };
}

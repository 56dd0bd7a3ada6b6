/**
 * Where programs are looked for: the search path as the user's shell has it, and the folders into
 * which version managers and package managers put programs, which a desktop's short path lacks.
 */
import { accessSync, constants, readdirSync, readlinkSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { readPart, textOf } from '../files/untrusted-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** These files are read as the user's own programs read them. */
const asUser = { links: 'follow', owner: 'any' } as const;
/** A page of settings; a longer file is something else. */
const settingsBytes = 64 * 1024;

export interface Surroundings {
  readonly env: Environment;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

const here = (): Surroundings => ({
  env: process.env,
  home: homedir(),
  platform: process.platform,
});

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Search paths joined in their order: absolute folders alone, each once. */
export function joinSearchPaths(...paths: readonly (string | undefined)[]): string {
  const folders = paths
    .flatMap((path) => (path ?? '').split(delimiter))
    .filter((folder) => isAbsolute(folder) && !folder.includes('\0'));
  return [...new Set(folders)].join(delimiter);
}

/** Folders like `v24.1.0`, the newest first. */
function newestFirst(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.sort((a, b) => compareVersions(b, a)).map((name) => join(folder, name));
}

/** By their numbers, one after the other. */
function compareVersions(a: string, b: string): number {
  const [left = [], right = []] = [a, b].map((name) => (name.match(/\d+/g) ?? []).map(Number));
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? 0);
}

/** The version that nvm's `default` names, before all others. */
function nvmFolders(root: string): string[] {
  const versions = newestFirst(join(root, 'versions', 'node'));
  const wanted =
    textOf(join(root, 'alias', 'default'), settingsBytes, asUser)
      ?.trim()
      .replace(/^v/, '') ?? '';
  const chosen = (folder: string): boolean => {
    const version = basename(folder).replace(/^v/, '');
    return wanted !== '' && (version === wanted || version.startsWith(`${wanted}.`));
  };
  const ordered = [...versions.filter(chosen), ...versions.filter((folder) => !chosen(folder))];
  return ordered.map((folder) => join(folder, 'bin'));
}

/** The folder that npm installs programs under when `~/.npmrc` says so. */
function npmPrefix({ env, home }: Surroundings): string | undefined {
  if (env.NPM_CONFIG_PREFIX) return env.NPM_CONFIG_PREFIX;
  const settings = textOf(join(home, '.npmrc'), settingsBytes, asUser) ?? '';
  const [, said] = /^\s*prefix\s*=\s*(.+?)\s*$/m.exec(settings) ?? [];
  return said?.replaceAll('"', '').replace(/^(~|\$\{HOME\})(?=\/)/, home);
}

interface Manager {
  readonly folders: readonly string[];
  /** Each folder holds another version of the same programs: the first that exists is in force. */
  readonly versions?: true;
}

/** Where programs of POSIX systems keep their data. */
const dataFolder = ({ env, home }: Surroundings): string =>
  env.XDG_DATA_HOME || join(home, '.local', 'share');

function posixManagers(surroundings: Surroundings): readonly Manager[] {
  const { env, home } = surroundings;
  const mise = env.MISE_DATA_DIR || join(dataFolder(surroundings), 'mise');
  const miseVersions = newestFirst(join(mise, 'installs', 'node')).map((one) => join(one, 'bin'));
  return [
    { folders: nvmFolders(env.NVM_DIR || join(home, '.nvm')), versions: true },
    { folders: fnmFolders(surroundings), versions: true },
    { folders: [join(mise, 'shims'), ...miseVersions], versions: true },
    { folders: posixFolders(surroundings) },
  ];
}

function fnmFolders(surroundings: Surroundings): string[] {
  const { env, home, platform } = surroundings;
  const roots = [env.FNM_DIR ?? '', join(dataFolder(surroundings), 'fnm'), join(home, '.fnm')];
  if (platform === 'darwin') roots.push(join(home, 'Library', 'Application Support', 'fnm'));
  return roots.flatMap((root) => [
    join(root, 'aliases', 'default', 'bin'),
    ...newestFirst(join(root, 'node-versions')).map((one) => join(one, 'installation', 'bin')),
  ]);
}

/** Folders that hold one version of each program. */
function posixFolders(surroundings: Surroundings): string[] {
  const { env, home, platform } = surroundings;
  const at = (...parts: string[]): string => join(home, ...parts);
  /** The folder that a variable names, or the usual one. */
  const named = (variable: string, ...usual: string[]): string => env[variable] || at(...usual);
  const pyenv = named('PYENV_ROOT', '.pyenv');
  const prefix = npmPrefix(surroundings);
  const pnpm =
    platform === 'darwin' ? at('Library', 'pnpm') : join(dataFolder(surroundings), 'pnpm');
  return [
    // uv, pipx, and what people put there themselves.
    at('.local', 'bin'),
    env.PIPX_BIN_DIR ?? '',
    env.UV_TOOL_BIN_DIR ?? '',
    env.XDG_BIN_HOME ?? '',
    join(named('VOLTA_HOME', '.volta'), 'bin'),
    join(named('ASDF_DATA_DIR', '.asdf'), 'shims'),
    env.PNPM_HOME || pnpm,
    prefix === undefined ? '' : join(prefix, 'bin'),
    at('.npm-global', 'bin'),
    join(named('BUN_INSTALL', '.bun'), 'bin'),
    join(named('CARGO_HOME', '.cargo'), 'bin'),
    join(pyenv, 'shims'),
    join(pyenv, 'bin'),
    at('.deno', 'bin'),
    at('go', 'bin'),
    at('.hermes', 'bin'),
    '/opt/homebrew/bin',
    '/home/linuxbrew/.linuxbrew/bin',
    at('.linuxbrew', 'bin'),
    '/usr/local/bin',
    '/snap/bin',
    at('.nix-profile', 'bin'),
    at('bin'),
  ];
}

function windowsManagers({ env, home }: Surroundings): readonly Manager[] {
  const local = env.LOCALAPPDATA ?? join(home, 'AppData', 'Local');
  const roaming = env.APPDATA ?? join(home, 'AppData', 'Roaming');
  const folders = [
    env.NVM_SYMLINK ?? '',
    join(roaming, 'npm'),
    env.PNPM_HOME || join(local, 'pnpm'),
    join(local, 'Volta', 'bin'),
    join(env.BUN_INSTALL || join(home, '.bun'), 'bin'),
    join(env.CARGO_HOME || join(home, '.cargo'), 'bin'),
    join(home, '.local', 'bin'),
    join(home, '.hermes', 'bin'),
    join(local, 'Programs', 'Ollama'),
    join(local, 'Microsoft', 'WinGet', 'Links'),
    join(home, 'scoop', 'shims'),
  ];
  return [{ folders }];
}

/**
 * The folders of version and package managers that exist here.
 *
 * @param which `all`: every version of a runtime, to find what is installed in any of them;
 *   `chosen`: the version in force of each, for a search path
 */
export function personalFolders(
  which: 'all' | 'chosen',
  surroundings: Surroundings = here(),
): string[] {
  const managers =
    surroundings.platform === 'win32' ? windowsManagers(surroundings) : posixManagers(surroundings);
  const folders = managers.flatMap(({ folders: own, versions }) => {
    const there = own.filter((folder) => isAbsolute(folder) && isFolder(folder));
    return versions && which === 'chosen' ? there.slice(0, 1) : there;
  });
  return [...new Set(folders)];
}

/** The absolute path of a command on `path`; undefined when there is none. */
export function findProgram(
  command: string,
  path: string,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (isAbsolute(command)) return command;
  if (command.includes('/')) return undefined;
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  return path
    .split(delimiter)
    .filter(isAbsolute)
    .flatMap((folder) => endings.map((ending) => join(folder, command + ending)))
    .find(isExecutable);
}

/** The program and the targets of its links, one after the other. */
function linksOf(program: string): string[] {
  const chain = [program];
  // As many links as the kernel follows.
  while (chain.length < 40) {
    const last = chain.at(-1) ?? program;
    try {
      chain.push(resolve(dirname(last), readlinkSync(last)));
    } catch {
      break;
    }
  }
  return chain;
}

/** Long enough for any first line that the kernel reads. */
const firstLineBytes = 256;

/** The interpreter that a script names for `env`: `node` of `#!/usr/bin/env node`. */
function interpreterOf(program: string): string | undefined {
  try {
    const { bytes } = readPart(program, { maxBytes: firstLineBytes, start: () => 0 }, asUser);
    return /^#!\s*\S*\/env\s+(?:-S\s+)?([\w.+-]+)/.exec(bytes.toString('latin1'))?.[1];
  } catch {
    return undefined;
  }
}

/**
 * The search path for one program: its own folder is on it, and comes first where its interpreter
 * lies beside it, so that a script of one Node runs on that Node.
 */
export function searchPathFor(command: string, path: string): string {
  const program = findProgram(command, path);
  if (program === undefined) return path;
  const interpreter = interpreterOf(program);
  const folders = linksOf(program).map((file) => dirname(file));
  const beside = folders.find(
    (folder) => interpreter !== undefined && isExecutable(join(folder, interpreter)),
  );
  if (beside !== undefined) return joinSearchPaths(beside, path);
  const own = dirname(program);
  return path.split(delimiter).includes(own) ? path : joinSearchPaths(own, path);
}

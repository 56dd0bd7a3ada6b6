/** What the app was started with, and whether it may go on. Argv and environment come in, decisions go out. */
import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs';
import { diskTrouble } from '../process/disk-trouble.ts';
import { nonceVariable } from '../process/spawn-spec.ts';

export interface LaunchOptions {
  /** Print the version and end. */
  readonly version: boolean;
  /** Start in the tray. */
  readonly hidden: boolean;
  readonly updatesDisabled: boolean;
  readonly sandboxDisabled: boolean;
  /** The watcher started us, at the end of an update: it gives whatever it starts a nonce. */
  readonly startedByWatcher: boolean;
  /** Another place for updates; test flavour only. */
  readonly feedUrl: string | undefined;
  /** How long an updated app is watched, milliseconds; test flavour only. */
  readonly soakMs: number;
}

/** An update counts as done when the new version has held for this long. */
const SOAK_MS = 60_000;

/** Reads `args` (without the executable) and `env`; `testFlavour` opens the doors for tests. */
export function readLaunchOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  testFlavour: boolean,
): LaunchOptions {
  const has = (flag: string): boolean => args.includes(flag);
  const soak = testFlavour ? (flagValue(args, '--soak-ms') ?? env.HOLDFAST_SOAK_MS) : undefined;
  return {
    version: has('--version'),
    hidden: has('--hidden'),
    updatesDisabled: has('--disable-updates'),
    sandboxDisabled: has('--no-sandbox'),
    startedByWatcher: (env[nonceVariable] ?? '') !== '',
    feedUrl: testFlavour ? (flagValue(args, '--feed-url') ?? env.HOLDFAST_FEED_URL) : undefined,
    soakMs: soak !== undefined && /^\d{1,7}$/.test(soak) ? Number(soak) : SOAK_MS,
  };
}

function flagValue(args: readonly string[], name: string): string | undefined {
  const word = args.find((argument) => argument.startsWith(`${name}=`));
  return word?.slice(name.length + 1);
}

/**
 * Why the app must not go on, or undefined. Chromium's sandbox does not work for root, and running
 * without one must be the user's own decision.
 */
export function refusalToStart(
  uid: number | undefined,
  options: Pick<LaunchOptions, 'sandboxDisabled'>,
): string | undefined {
  if (uid !== 0 || options.sandboxDisabled) return undefined;
  return 'Holdfast does not run as root: its window could not be sandboxed. Start it as an ordinary user, or, if you accept the risk, with --no-sandbox.';
}

/**
 * The arguments a later start of this app gets: `args` as given, but the state folder as an
 * absolute path, for the watcher starts it from another working folder.
 */
export function launchArguments(args: readonly string[], stateRoot: string): string[] {
  const name = '--user-data-dir';
  const at = args.indexOf(name);
  const others = args.filter(
    (word, index) => !word.startsWith(`${name}=`) && (at < 0 || (index !== at && index !== at + 1)),
  );
  return others.length === args.length ? [...args] : [...others, `${name}=${stateRoot}`];
}

/**
 * Throws a sentence when `--user-data-dir` does not lead to where Electron keeps the state now: a
 * folder that it can't make it replaces by the default one, which is another Holdfast's.
 *
 * @param asked what stands behind the switch; undefined when it was not given
 */
export function requireAskedFolder(asked: string | undefined, used: string): void {
  if (asked === undefined) return;
  if (asked === '') {
    throw new Error('--user-data-dir names no folder. Write it as --user-data-dir=<folder>.');
  }
  const refusal = `Holdfast can’t use the folder ${asked} that --user-data-dir names`;
  const advice = 'Name a folder that you may write to.';
  let wanted: string;
  try {
    mkdirSync(asked, { recursive: true, mode: 0o700 });
    wanted = realpathSync(asked);
  } catch (cause) {
    const disk = diskTrouble(cause, asked);
    const why = disk?.message ?? (cause instanceof Error ? cause.message : String(cause));
    throw new Error(`${refusal}: ${why} ${disk?.hint ?? advice}`, { cause });
  }
  // Made a moment ago by us, it is there; Electron has already settled for another.
  if (wanted !== realpathSync(used)) {
    throw new Error(`${refusal}: it could not be made when Holdfast started. ${advice}`);
  }
}

/** Throws a sentence when nothing can be written into `folder`. */
export function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const disk = diskTrouble(cause, folder);
    const advice = disk ? `${disk.message} ${disk.hint} Or` : 'Check its permissions, or';
    throw new Error(
      `Holdfast can’t write to its folder ${folder}. ${advice} start Holdfast with another --user-data-dir.`,
      { cause },
    );
  }
}

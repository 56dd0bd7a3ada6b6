/** What the app was started with, and whether it may go on. Pure: arguments and environment are passed in. */
import * as z from 'zod/mini';
import { nonceVariable } from '../contract/identity.ts';
import { profileIdSchema } from '../contract/profile.ts';
import type { Settings } from '../contract/settings.ts';

export interface LaunchOptions {
  /** Print the version and end. */
  readonly version: boolean;
  /** Start in the tray. */
  readonly hidden: boolean;
  /** It ends as soon as the update that has started it is proved: its user had quit the one before. */
  readonly quitWhenUpdated: boolean;
  /** A first start sets up the demo gateway, as `npm start` wants it. */
  readonly demo: boolean;
  readonly updatesDisabled: boolean;
  /** The window opens at this gateway. */
  readonly showGateway: string | undefined;
  /** The user wants the version that was kept, and has agreed in a terminal. */
  readonly goBack: boolean;
  readonly sandboxDisabled: boolean;
  /** The watcher started this app at the end of an update: it gives all that it starts a nonce. */
  readonly startedByWatcher: boolean;
  /** The system's dialogs ask the user. Where tests run, no user is there; one that answers itself wants them. */
  readonly dialogs: boolean;
  /** Another feed than the built-in one; test flavour only. */
  readonly feedUrl: string | undefined;
  /** How long an updated app is watched, milliseconds; test flavour only. */
  readonly soakMs: number;
  /** How long the user has to keep a new version, whatever the settings say, milliseconds; test flavour only. */
  readonly confirmMs: number | undefined;
}

/** What `holdfast update --back` gives to the app. */
const goBackFlag = '--go-back';
const quitWhenUpdated = '--quit-when-updated';

/** An update counts as done when the new version has run for this long. */
const soakMs = 60_000;

/** Reads `args` (without the executable) and `env`; `testFlavour` opens the doors for tests. */
export function readLaunchOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  testFlavour: boolean,
): LaunchOptions {
  const has = (flag: string): boolean => args.includes(flag);
  const forTests = (flag: string, variable: string): string | undefined =>
    testFlavour ? (flagValue(args, flag) ?? env[variable]) : undefined;
  return {
    version: has('--version'),
    hidden: has('--hidden'),
    quitWhenUpdated: has(quitWhenUpdated),
    demo: has('--demo'),
    updatesDisabled: has('--disable-updates'),
    showGateway: shownGateway(args),
    goBack: has(goBackFlag),
    sandboxDisabled: has('--no-sandbox'),
    startedByWatcher: (env[nonceVariable] ?? '') !== '',
    dialogs: !testFlavour || env.HOLDFAST_DIALOGS === 'shown',
    feedUrl: forTests('--feed-url', 'HOLDFAST_FEED_URL'),
    soakMs: wholeNumber(forTests('--soak-ms', 'HOLDFAST_SOAK_MS')) ?? soakMs,
    confirmMs: wholeNumber(forTests('--confirm-ms', 'HOLDFAST_CONFIRM_MS')),
  };
}

/** What a start is asked to show; undefined for what can't be the id of a gateway. */
function shownGateway(args: readonly string[]): string | undefined {
  const id = z.safeParse(profileIdSchema, flagValue(args, '--show-gateway'));
  return id.success ? id.data : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : undefined;
}

function flagValue(args: readonly string[], name: string): string | undefined {
  const word = args.find((argument) => argument.startsWith(`${name}=`));
  return word?.slice(name.length + 1);
}

/** How the window begins: in sight, in the tray (in sight where there is none), or out of sight in any case. */
export type WindowStart = 'shown' | 'tray' | 'hidden';

/** An app that the watcher has started after an update is in sight: the user has just pressed a button there. So is one that is to show a gateway. */
export function windowStart(
  {
    hidden,
    startedByWatcher,
    showGateway,
  }: Pick<LaunchOptions, 'hidden' | 'startedByWatcher' | 'showGateway'>,
  { startHidden }: Pick<Settings, 'startHidden'>,
): WindowStart {
  if (hidden) return 'hidden';
  const asked = startedByWatcher || showGateway !== undefined;
  return startHidden && !asked ? 'tray' : 'shown';
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

/** The arguments for a start by hand: without what only this start was to do. */
export function withoutOnce(args: readonly string[]): string[] {
  const once = ['--hidden', '--demo', quitWhenUpdated, goBackFlag];
  return args.filter((word) => !once.includes(word) && !word.startsWith('--show-gateway='));
}

/**
 * The arguments for the start of the updated app: in sight as this one is now, and not for longer than until it is
 * proved when this one is being quit.
 */
export function updatedArguments(
  args: readonly string[],
  stateRoot: string,
  now: { readonly hidden: boolean; readonly quitting: boolean },
): string[] {
  return [
    ...launchArguments(withoutOnce(args), stateRoot),
    ...(now.hidden ? ['--hidden'] : []),
    ...(now.quitting ? [quitWhenUpdated] : []),
  ];
}

/**
 * The arguments for a later start of this app: `args` as given, but the state folder as an absolute
 * path, because the watcher starts the app from another working folder.
 */
export function launchArguments(args: readonly string[], stateRoot: string): string[] {
  const name = '--user-data-dir';
  const at = args.indexOf(name);
  const others = args.filter(
    (word, index) => !word.startsWith(`${name}=`) && (at < 0 || (index !== at && index !== at + 1)),
  );
  return others.length === args.length ? [...args] : [...others, `${name}=${stateRoot}`];
}

/**
 * Whether the window runs in Chromium's sandbox, and who left it out. An AppImage's own start script adds
 * `--no-sandbox` where it can make no user namespace; the same word may be the user's. What the script added
 * it adds again by itself, so it is not passed on: once the system allows namespaces, the sandbox is back.
 */
import type { Problem } from '../contract/gateway.ts';
import type { UserNamespaces } from '../process/index.ts';

const noSandbox = '--no-sandbox';

export interface AppStart {
  readonly args: readonly string[];
  readonly fromImage: boolean;
  /** Asked only where the answer counts; null where a sandbox does not need them. */
  namespaces(): UserNamespaces | null;
}

export interface JudgedStart {
  /** For later starts: without what the image's script has added. */
  readonly args: readonly string[];
  /** Why the window has no sandbox, and what to do; null when it has one. */
  readonly problem: Problem | null;
}

export function judgeSandbox({ args, fromImage, namespaces }: AppStart): JudgedStart {
  if (!args.includes(noSandbox)) return { args, problem: null };
  const refused = fromImage ? refusedSandbox(namespaces()) : null;
  if (refused) return { args: args.filter((word) => word !== noSandbox), problem: refused };
  const problem = {
    message: `Holdfast’s window runs without a sandbox: it was started with ${noSandbox}.`,
    hint: `${danger} Start Holdfast without that word, as an ordinary user.`,
  };
  return { args, problem };
}

/** How an AppImage starts where this was found; null where it starts with a sandbox. */
export function refusedSandbox(found: UserNamespaces | null): Problem | null {
  if (found === null || found.allowed) return null;
  const { setting } = found;
  const why = setting === null ? '' : ` (${setting})`;
  return {
    message: `Holdfast’s window runs without a sandbox: this system lets an AppImage make no user namespace${why}.`,
    hint: `${danger} ${remedies[setting ?? ''] ?? anyRemedy}`,
  };
}

const danger = 'A page that is taken over could do whatever you can.';
const anyRemedy = 'Install the deb, or have “unshare -Ur true” allowed.';
const remedies: Readonly<Record<string, string>> = {
  'kernel.apparmor_restrict_unprivileged_userns':
    'Install the deb, which brings an AppArmor profile, or add a profile for the AppImage.',
  'kernel.unprivileged_userns_clone':
    'Allow it: sudo sysctl kernel.unprivileged_userns_clone=1 – or install the deb.',
  'user.max_user_namespaces':
    'Allow it: sudo sysctl user.max_user_namespaces=15000 – or install the deb.',
};

/** May an ordinary program make a user namespace? Chromium's sandbox needs one. */
import { readFileSync } from 'node:fs';
import { appEnvironment } from '../environment.ts';
import { childProcess } from '../on-demand.ts';
import type { UserNamespaces } from '../platform-interface.ts';

/** It takes two milliseconds; a machine that needs longer is no reason to wait. */
const tryMs = 5_000;

/** The settings of the kernel that may forbid it, and the value with which they do. */
const settings = [
  ['kernel.apparmor_restrict_unprivileged_userns', '1'],
  ['kernel.unprivileged_userns_clone', '0'],
  ['user.max_user_namespaces', '0'],
] as const;

/** Tries it as the start script of an AppImage does (`unshare -Ur true`), so that both find the same. */
export function tryUserNamespaces(): UserNamespaces {
  const { status } = childProcess().spawnSync('unshare', ['-Ur', 'true'], {
    env: appEnvironment(process.env),
    stdio: 'ignore',
    timeout: tryMs,
  });
  if (status === 0) return { allowed: true };
  const found = settings.find(([name, value]) => read(name) === value);
  return { allowed: false, setting: found?.[0] ?? null };
}

function read(setting: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${setting.replaceAll('.', '/')}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

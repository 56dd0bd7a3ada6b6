/**
 * What the system's own service manager starts when its user logs in, and starts again when it was
 * lost: a systemd user unit, a launchd agent. One entry per state folder, named by its hash, so that
 * installations never meet. Windows: none yet.
 */
import { darwinLoginEntries } from './darwin/login-entry.ts';
import { linuxLoginEntries } from './linux/login-entry.ts';
import type { LoginEntries } from './login-program.ts';

/** This system's entries; null where there are none. */
export function loginEntries(): LoginEntries | null {
  if (process.platform === 'win32') return null;
  return process.platform === 'darwin' ? darwinLoginEntries() : linuxLoginEntries();
}

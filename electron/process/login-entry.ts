/**
 * What the system's own service manager starts when its user logs in, and starts again when it was
 * lost: a systemd user unit, a launchd agent, a logon task. One entry per state folder, named by its
 * hash, so that installations never meet.
 */
import { darwinLoginEntries } from './darwin/login-entry.ts';
import { linuxLoginEntries } from './linux/login-entry.ts';
import type { LoginEntries } from './login-program.ts';
import { windowsLoginEntries } from './windows/login-entry.ts';

/** This system's entries. */
export function loginEntries(): LoginEntries {
  if (process.platform === 'win32') return windowsLoginEntries();
  return process.platform === 'darwin' ? darwinLoginEntries() : linuxLoginEntries();
}

/** What this very process can say about itself, and the memory it can give back. */
import { type Identity, nonceVariable } from '../contract/identity.ts';
import { identify } from './identity.ts';
import { platform } from './platform.ts';
import type { ProcessFacts, UserNamespaces } from './platform-interface.ts';

export function selfIdentity(nonce = process.env[nonceVariable] ?? ''): Identity {
  const self = identify(process.pid, nonce);
  if (!self) throw new Error('Holdfast cannot read its own start time from the system.');
  return self;
}

/** The facts that a hello carries: would this process survive the app? (judge-escape.ts) */
export function observeSelf(): ProcessFacts {
  return platform.facts(process.pid);
}

/** True when this process runs with other rights than its user's own: setuid, or "as administrator". */
export function hasRaisedRights(): boolean {
  return platform.hasRaisedRights();
}

/** Whether the desktop shows this program's tray item. */
export function isTrayShown(signal: AbortSignal): Promise<boolean> {
  return platform.showsTrayItem(process.pid, signal);
}

/**
 * How many files this program could have open when it was started (RLIMIT_NOFILE, soft); undefined
 * where nothing shows it. Node and Chromium raise their own limit, and children inherit that:
 * programs that use select() break, and those that close every possible descriptor become slow. A
 * gateway gets the limit that its user has.
 */
export function userOpenFiles(): number | undefined {
  return platform.userOpenFiles();
}

/** Per cent in the battery that this machine runs on; null on mains, and where the system does not say (only Linux does). */
export function batteryPercent(): number | null {
  return platform.batteryPercent();
}

/** Whether the network costs by what is transferred; null where nothing says so. Never rejects. */
export function isMetered(signal: AbortSignal): Promise<boolean | null> {
  return platform.isMetered(signal);
}

/** Whether Chromium can make the user namespace that its sandbox needs: tried, in milliseconds. Null where it needs none. */
export function userNamespaces(): UserNamespaces | null {
  return platform.userNamespaces();
}

/**
 * Gives unused memory back to the system: V8's (13 ms for a watcher's heap) and, on Linux, the C
 * library's. Does nothing in a program that was started without `--expose-gc`.
 */
export function giveMemoryBack(): void {
  if (typeof gc !== 'function') return;
  gc({ type: 'major', flavor: 'last-resort' });
  platform.trimMemory();
}

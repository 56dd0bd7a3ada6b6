/** Apps that the watcher has started, found by the state folder that they serve. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Identity } from '../../electron/contract/identity.ts';
import { identify, isAlive } from '../../electron/process/index.ts';

/** The main processes of packaged apps that serve `state`. */
export function runningApps(state: string): Identity[] {
  const found: Identity[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const identity = identify(Number(name));
    if (identity && isApp(name, state)) found.push(identity);
  }
  return found;
}

function isApp(pid: string, state: string): boolean {
  try {
    if (!readlinkSync(`/proc/${pid}/exe`).endsWith('/holdfast')) return false;
    // Chromium writes its whole command line into the first word, parted by spaces.
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]/);
    return (
      words.includes(`--user-data-dir=${state}`) &&
      !words.some((word) => word.startsWith('--type='))
    );
  } catch {
    return false; // it has just ended, or belongs to another user
  }
}

/** Asks every app that serves `state` to end, and waits until it has. */
export async function endApps(state: string): Promise<void> {
  for (const app of runningApps(state)) {
    process.kill(app.pid, 'SIGTERM');
    while (isAlive(app)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

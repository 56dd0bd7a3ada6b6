/** macOS: who manages a process that Holdfast has not started, as launchd lists its jobs. */
import { childProcess, runOrThrowStderr } from '../on-demand.ts';
import type { OwnerOrder, ProcessOwner } from '../platform-interface.ts';

/** launchctl answers a restart only when the restart is done. */
const orderTimeoutMs = 60_000;
const listTimeoutMs = 5_000;

/** `launchctl list` prints pid, last exit and label of every job of this user; `-` for no process. */
function jobs(): { pid: number; label: string }[] {
  const output = childProcess().execFileSync('launchctl', ['list'], {
    encoding: 'utf8',
    timeout: listTimeoutMs,
  });
  return output.split('\n').flatMap((line) => {
    const [pid, , label] = line.split('\t');
    return label !== undefined && Number(pid) > 0 ? [{ pid: Number(pid), label }] : [];
  });
}

/** The job that runs `pid`; undefined without one. */
export function jobOwner(pid: number): ProcessOwner | undefined {
  const label = jobs().find((job) => job.pid === pid)?.label;
  // launchd does not restart apps that the user has opened.
  if (!label || label.startsWith('application.')) return undefined;
  const target = `gui/${process.getuid?.() ?? 0}/${label}`;
  const words: Readonly<Record<OwnerOrder, readonly string[]>> = {
    start: ['kickstart', target],
    restart: ['kickstart', '-k', target],
    stop: ['kill', 'SIGTERM', target],
  };
  return {
    type: 'launchd',
    name: `launchd (${label})`,
    order: (order) => runOrThrowStderr('launchctl', words[order], { timeout: orderTimeoutMs }),
  };
}

export function processOfService(matches: (name: string) => boolean): number | undefined {
  return jobs().find(({ label }) => matches(label))?.pid;
}

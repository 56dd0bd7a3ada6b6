/** macOS: who manages a process that Holdfast has not started, as launchd lists its jobs. */
import type { OwnerOrder, ProcessOwner } from '../platform-interface.ts';
import {
  findJob,
  jobTarget,
  type Launchd,
  loadJob,
  mustDo,
  unloadJob,
  userLaunchd,
} from './launchd.ts';

/** `launchctl list` prints pid, last exit and label of every job of this user; `-` for no process. */
function jobs(launchd: Launchd): { pid: number; label: string }[] {
  const { output } = launchd.launchctlNow(['list']);
  return output.split('\n').flatMap((line) => {
    const [pid, , label] = line.split('\t');
    return label !== undefined && Number(pid) > 0 ? [{ pid: Number(pid), label }] : [];
  });
}

/** The job that runs `pid`; undefined without one. */
export function jobOwner(pid: number, launchd: Launchd = userLaunchd()): ProcessOwner | undefined {
  const label = jobs(launchd).find((job) => job.pid === pid)?.label;
  // launchd does not restart apps that the user has opened.
  if (!label || label.startsWith('application.')) return undefined;
  return { type: 'launchd', name: `launchd (${label})`, order: orders(launchd, label) };
}

/**
 * A signal would not stop a job that launchd keeps alive: it is taken from launchd until the next start or
 * login, which need the file that it came from.
 */
function orders(launchd: Launchd, label: string): (order: OwnerOrder) => Promise<void> {
  const target = jobTarget(launchd, label);
  let file = '';
  return async (order) => {
    const job = await findJob(launchd, label);
    file = job?.file || file;
    if (file === '') throw new Error(`launchd names no file from which ${label} could be started`);
    if (order === 'stop') return job && (await unloadJob(launchd, label));
    if (!job) return await loadJob(launchd, label, file);
    await mustDo(launchd, ['kickstart', ...(order === 'restart' ? ['-k'] : []), target]);
  };
}

export function processOfService(matches: (name: string) => boolean): number | undefined {
  return jobs(userLaunchd()).find(({ label }) => matches(label))?.pid;
}

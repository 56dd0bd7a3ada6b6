/** What a process's surroundings say about whether it would survive the app. */
import type { ProcessFacts } from '../platform-interface.ts';
import { cgroupOf } from './cgroup.ts';
import { mappedFiles, openFiles, readLink, readStat } from './proc.ts';

export function facts(pid: number): ProcessFacts {
  const links = [readLink(`/proc/${pid}/exe`), readLink(`/proc/${pid}/cwd`)];
  const files = [
    ...links.filter((link) => link !== undefined),
    ...mappedFiles(pid),
    ...openFiles(pid).map((file) => file.target),
  ];
  return {
    pid,
    session: readStat(pid)?.session ?? 0,
    cgroup: cgroupOf(pid),
    job: 'none',
    paths: [...new Set(files.filter((file) => file.startsWith('/')))],
    mount: pid === process.pid ? (process.env.APPDIR ?? '') : '',
  };
}

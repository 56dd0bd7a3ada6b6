/** The process table, read for what carries a state folder. */
import { readdirSync, readFileSync } from 'node:fs';

export interface FoundProcess {
  readonly pid: number;
  readonly nonce: string;
}

/** Running processes that carry this state folder: watchers, gateways and their children. */
export function processesOf(root: string): FoundProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    const variables = contentOf(`/proc/${name}/environ`).split('\0');
    if (!variables.includes(`HOLDFAST_STATE=${root}`)) return [];
    const nonce = variables.find((one) => one.startsWith('HOLDFAST_NONCE=')) ?? '';
    return [{ pid: Number(name), nonce: nonce.slice('HOLDFAST_NONCE='.length) }];
  });
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It ended meanwhile, or is another user's.
    return '';
  }
}

export function commandOf(pid: number): string {
  return contentOf(`/proc/${pid}/cmdline`).split('\0').join(' ').trim();
}

/** Open descriptors and private memory of a process, to see whether it grows. */
export function burdenOf(pid: number): { descriptors: number; privateKiB: number } {
  const rollup = contentOf(`/proc/${pid}/smaps_rollup`);
  const dirty = /^Private_Dirty:\s+(\d+) kB$/m.exec(rollup)?.[1];
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, privateKiB: Number(dirty ?? 0) };
}

/**
 * Whether the kernel has just ended a process because memory ran out. It says so of no process, but two
 * counters rise before the process gets its SIGKILL: `oom_kill` of its control group (memory.events,
 * whose changes a watch hears) and of the whole system (/proc/vmstat).
 */
import { readFileSync, watch } from 'node:fs';
import { join, relative } from 'node:path';
import type { MemoryKills } from '../platform-interface.ts';
import { cgroup2Mount, cgroupOf } from './cgroup.ts';

/** The end of a process follows the counter of its group within this time, milliseconds. */
const recentMs = 2_000;

export interface MemoryKillSources {
  /** memory.events of its control group; null when that has none (no cgroup2, or its root). */
  readonly eventsFile: string | null;
  /** The group has no part of Holdfast in it. */
  readonly isOwnGroup: boolean;
  readonly vmstatFile: string;
  /** Monotonic milliseconds. */
  now(): number;
}

export function watchMemoryKills(pid: number): MemoryKills {
  return new MemoryKillWatch(sourcesOf(pid));
}

/** Read once: this follows every start of a gateway. */
let mounted: { readonly at: ReturnType<typeof cgroup2Mount> } | null = null;

function sourcesOf(pid: number): MemoryKillSources {
  const group = cgroupOf(pid);
  mounted ??= { at: cgroup2Mount() };
  const mount = mounted.at;
  const path = mount ? relative(mount.root, group) : '';
  return {
    eventsFile: mount && path !== '' ? join(mount.folder, path, 'memory.events') : null,
    isOwnGroup: group !== cgroupOf('self'),
    vmstatFile: '/proc/vmstat',
    now: () => performance.now(),
  };
}

export class MemoryKillWatch implements MemoryKills {
  #sources: MemoryKillSources;
  readonly #systemBefore: number;
  #inGroup: number;
  /** When the counter of the group rose last. */
  #roseAt = Number.NEGATIVE_INFINITY;
  #unwatch = (): void => {};

  constructor(sources: MemoryKillSources) {
    this.#sources = sources;
    this.#systemBefore = this.#system();
    this.#inGroup = this.#group();
    this.#watchGroup();
  }

  verdict(): ReturnType<MemoryKills['verdict']> {
    this.#note();
    const { isOwnGroup, now } = this.#sources;
    if (now() - this.#roseAt <= recentMs) return isOwnGroup ? 'known' : 'likely';
    return this.#system() > this.#systemBefore ? 'possible' : null;
  }

  close(): void {
    this.#unwatch();
  }

  /** Without a watch, an old kill would be taken for a new one. */
  #watchGroup(): void {
    const { eventsFile } = this.#sources;
    if (eventsFile === null) return;
    try {
      const watcher = watch(eventsFile, { persistent: false }, () => this.#note());
      watcher.on('error', () => watcher.close());
      this.#unwatch = () => watcher.close();
    } catch {
      // No such file, or no watch left: the system's counter still gives a hint.
      this.#sources = { ...this.#sources, eventsFile: null };
    }
  }

  #note(): void {
    const count = this.#group();
    if (count > this.#inGroup) this.#roseAt = this.#sources.now();
    this.#inGroup = count;
  }

  #group(): number {
    const { eventsFile } = this.#sources;
    return eventsFile === null ? 0 : oomKills(eventsFile);
  }

  #system(): number {
    return oomKills(this.#sources.vmstatFile);
  }
}

/** The line `oom_kill <n>`; 0 where the kernel has none. */
function oomKills(file: string): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(file, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

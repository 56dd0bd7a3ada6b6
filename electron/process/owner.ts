/** What the systems' searches for the manager of a process share. Pure. */
import type { ProcessDescription, ProcessOwner } from './platform-interface.ts';

/** Of a process that nothing manages: named by `program`, the process itself or its parent. */
export function programOwner(program: ProcessDescription | undefined, pid: number): ProcessOwner {
  return { type: 'program', name: program?.name ?? `process ${pid}`, order: null };
}

/** True when one of the patterns names this service. `*` in a pattern stands for anything. */
export function matchesService(name: string, patterns: readonly string[]): boolean {
  const plain = name.replace(/\.service$/, '');
  return patterns.some((pattern) => {
    const parts = pattern.replace(/\.service$/, '').split('*');
    const escaped = parts.map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${escaped.join('.*')}$`).test(plain);
  });
}

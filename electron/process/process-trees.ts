/** Which processes belong to which root, for many roots at once, and what they add up to. Pure. */
import type { Identity } from '../contract/identity.ts';
import type { TreeUsage } from './platform-interface.ts';

/** A process as every system lists it. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  /** 0 where there are no sessions. */
  readonly session: number;
  readonly startedAt: string;
  /** The nonce in its environment, where that is known. */
  readonly nonce?: string | undefined;
}

/**
 * Who belongs to each root: itself, its session, those that carry its nonce, and the descendants of all
 * of them; null for a root that is not among the running ones.
 */
export function treesOf<P extends ListedProcess>(
  roots: readonly Identity[],
  running: readonly P[],
  isChild: (child: P, parent: P) => boolean = () => true,
): (P[] | null)[] {
  const byPid = new Map(running.map((one) => [one.pid, one]));
  const byParent = groupedBy(running, ({ parent }) => parent);
  const bySession = groupedBy(running, ({ session }) => session);
  const byNonce = groupedBy(running, ({ nonce }) => nonce ?? '');
  return roots.map(({ pid, startedAt, nonce }) => {
    const root = byPid.get(pid);
    if (root?.startedAt !== startedAt) return null;
    const session = root.session === pid ? (bySession.get(pid) ?? []) : [];
    const carriers = nonce === '' ? [] : (byNonce.get(nonce) ?? []);
    const childrenOf = (parent: P): P[] =>
      (byParent.get(parent.pid) ?? []).filter((child) => isChild(child, parent));
    return withDescendants([root, ...session, ...carriers], childrenOf);
  });
}

function withDescendants<P>(first: readonly P[], childrenOf: (parent: P) => readonly P[]): P[] {
  const members = new Set(first);
  // What is added here is visited by the same loop.
  for (const one of members) for (const child of childrenOf(one)) members.add(child);
  return [...members];
}

function groupedBy<P, K>(all: readonly P[], keyOf: (one: P) => K): Map<K, P[]> {
  const groups = new Map<K, P[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

/** Adds up what `measure` says of each process of a tree; one that has ended meanwhile counts nothing. */
export function sumOf<P>(
  tree: readonly P[],
  measure: (one: P) => Omit<TreeUsage, 'processes'> | undefined,
): TreeUsage {
  const measured = tree.flatMap((one) => measure(one) ?? []);
  return {
    memory: measured.reduce((sum, { memory }) => sum + memory, 0),
    usedMs: measured.reduce((sum, { usedMs }) => sum + usedMs, 0),
    processes: measured.length,
  };
}

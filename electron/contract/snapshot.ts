/**
 * Snapshot and patches: how one owner's state is mirrored elsewhere.
 *
 * The owner publishes immutable JSON states. A mirror takes one snapshot, then revisioned patches;
 * a patch that does not follow its revision means one was missed, and the mirror asks for a
 * snapshot again. Spoken between watcher and app, and between app and window.
 */
import type { Change, Patch } from './snapshot-schema.ts';

export type { Change, Patch };

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export interface Snapshot<S> {
  readonly revision: number;
  readonly state: S;
}

type Tree = { readonly [key: string]: unknown };

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The changes that lead from `before` to `after`. Arrays are values: replaced whole. */
export function diff(before: unknown, after: unknown, path: readonly string[] = []): Change[] {
  if (Object.is(before, after)) return [];
  if (isTree(before) && isTree(after)) return diffTrees(before, after, path);
  return areSameArrays(before, after) ? [] : [{ path: [...path], value: toJson(after) }];
}

function diffTrees(before: Tree, after: Tree, path: readonly string[]): Change[] {
  const removed = keysOf(before).filter((key) => own(after, key) === undefined);
  return [
    ...removed.map((key) => ({ path: [...path, key] })),
    ...keysOf(after).flatMap((key) => diff(own(before, key), after[key], [...path, key])),
  ];
}

/** A key whose value is undefined does not travel: it counts as absent. */
function keysOf(tree: Tree): string[] {
  return Object.keys(tree).filter((key) => tree[key] !== undefined);
}

function areSameArrays(before: unknown, after: unknown): boolean {
  if (!Array.isArray(before) || !Array.isArray(after)) return false;
  return JSON.stringify(before) === JSON.stringify(after);
}

/** The value as it travels: what JSON can't express becomes null, and never throws. */
export function toJson(value: unknown): Change['value'] {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null') as Change['value'];
  } catch {
    return null;
  }
}

/** A gateway may be called `constructor`: an inherited key does not count. */
function own(tree: Tree, key: string): unknown {
  return Object.hasOwn(tree, key) ? tree[key] : undefined;
}

/** `state` with `changes` applied; untouched branches keep their identity. */
export function applyChanges(state: unknown, changes: readonly Change[]): unknown {
  return changes.reduce<unknown>((tree, change) => setAt(tree, change.path, change.value), state);
}

function setAt(tree: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const branch = isTree(tree) ? tree : {};
  if (rest.length === 0 && value === undefined) {
    return Object.fromEntries(Object.entries(branch).filter(([name]) => name !== key));
  }
  // Computed through Object.fromEntries so that a key named __proto__ stays a plain key.
  const next = setAt(Object.hasOwn(branch, key) ? branch[key] : undefined, rest, value);
  return Object.fromEntries([
    ...Object.entries(branch).filter(([name]) => name !== key),
    [key, next],
  ]);
}

export interface Publisher<S> {
  snapshot(): Snapshot<S>;
  /** Publishes the changes from the current state to `next`, if there are any. */
  publish(next: S): void;
  subscribe(listener: (patch: Patch) => void): () => void;
}

/** The owner's end. Publishing never throws; what a listener throws goes to `onFault`. */
export function createPublisher<S>(
  initial: S,
  onFault: (error: unknown) => void = () => {},
): Publisher<S> {
  let current: Snapshot<S> = { revision: 0, state: initial };
  const listeners = new Set<(patch: Patch) => void>();
  return {
    snapshot: () => current,
    publish(next) {
      const changes = diff(current.state, next);
      if (changes.length === 0) return;
      current = { revision: current.revision + 1, state: next };
      const patch: Patch = { revision: current.revision, changes };
      for (const listener of listeners) {
        try {
          listener(patch);
        } catch (error) {
          // A listener that throws must stop neither the other listeners nor the owner.
          onFault(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * The mirror's step: the state after `patch`, or `gap` when a patch was missed and a snapshot must
 * be asked for again. A patch older than the mirror (it raced the snapshot) changes nothing.
 */
export function followPatch<S>(
  mirror: Snapshot<unknown>,
  patch: Patch,
  parse: (state: unknown) => S,
): Snapshot<S> | 'gap' | 'old' {
  if (patch.revision <= mirror.revision) return 'old';
  if (patch.revision !== mirror.revision + 1) return 'gap';
  return { revision: patch.revision, state: parse(applyChanges(mirror.state, patch.changes)) };
}

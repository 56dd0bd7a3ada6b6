/**
 * A disk as a power cut leaves it. What was flushed is there. Of what was not, anything may be missing, in any
 * order: the bytes of a file, all or half of them, and each new, changed or removed name, until the file or the
 * folder was flushed. That is what POSIX promises, and less than most file systems keep.
 */
import path from 'node:path';
import type { DiskChange } from './effects.ts';

/** A file, whatever its names are. */
interface Inode {
  data: Buffer;
}

/** By path, relative to the world's folder; null: a folder. */
export type Names = ReadonlyMap<string, Inode | null>;

/** One change, and until which step it may be lost. */
interface Dated {
  readonly change: DiskChange;
  /** What is written. */
  readonly bytes: Buffer;
  /** The step at which it was flushed; Infinity: never. */
  flushedAt: number;
}

/** What is on the disk after a power cut, and what was lost for it. */
export interface CutState {
  /** After how many changes the power was cut. */
  readonly after: number;
  readonly lost: string;
  readonly names: Names;
  /** How many bytes of a file, from its start, were flushed; 0 by default. */
  flushed(name: string): number;
}

/** How many of the newest changes that were not flushed are lost one by one. */
const oneByOne = 6;

/**
 * All different states that a power cut may leave.
 *
 * @param base what was there before the first change; all of it flushed
 * @param at after how many changes the power may be cut; at any time by default
 */
export function* cutStates(
  base: ReadonlyMap<string, Buffer | null>,
  changes: readonly DiskChange[],
  at: ReadonlySet<number> = new Set([...changes.keys(), changes.length]),
): Generator<CutState> {
  const dated = dateChanges(base, changes);
  const seen = new Set<string>();
  for (const after of at) {
    // The same bytes with more of them flushed are another state: less may be missing.
    const safe = dated.filter(({ flushedAt }) => flushedAt <= after).length;
    for (const [lost, keep] of choices(dated, after)) {
      const key = `${safe} ${keyOf(keep)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const flushed = (name: string): number => flushedBytes(dated, after, name);
      yield { after, lost, names: apply(base, dated, keep), flushed };
    }
  }
}

/** The same for the same changes: those that are missing before the last one, or are not whole. */
function keyOf(kept: Kept): string {
  let next = 0;
  const odd: string[] = [];
  for (const [index, whole] of kept) {
    if (index > next) odd.push(`${next}-${index}`);
    if (!whole) odd.push(`½${index}`);
    next = index + 1;
  }
  return `${next} ${odd.join()}`;
}

/** Which changes are kept, and whether as a whole. */
type Kept = readonly (readonly [index: number, whole: boolean])[];

function* choices(dated: readonly Dated[], after: number): Generator<readonly [string, Kept]> {
  const done = [...dated.keys()].slice(0, after).filter((n) => dated[n]?.change.op !== 'sync');
  const loose = done.filter((n) => (dated[n]?.flushedAt ?? 0) > after);
  const without = (lost: ReadonlySet<number>): Kept =>
    done.filter((n) => !lost.has(n)).map((n) => [n, true] as const);
  yield ['nothing', without(new Set())];
  yield ['all that was not flushed', without(new Set(loose))];
  for (const n of loose.slice(-oneByOne)) {
    const change = dated[n]?.change;
    if (!change) continue;
    const what = `${change.op} ${path.basename(change.path)}`;
    yield [what, without(new Set([n]))];
    // All the others are lost.
    yield [`all but ${what}`, without(new Set(loose.filter((other) => other !== n)))];
    if (change.op !== 'write') continue;
    yield [`half of ${what}`, done.map((other) => [other, other !== n] as const)];
  }
}

function flushedBytes(dated: readonly Dated[], after: number, name: string): number {
  const ends = dated.flatMap(({ change, bytes, flushedAt }) =>
    change.op === 'write' && change.path === name && flushedAt <= after
      ? [change.at + bytes.length]
      : [],
  );
  return Math.max(0, ...ends);
}

/** Plays the changes as they were done, to see what each flush has reached. */
function dateChanges(
  base: ReadonlyMap<string, Buffer | null>,
  changes: readonly DiskChange[],
): Dated[] {
  const dated = changes.map(
    (change): Dated => ({
      change,
      bytes: Buffer.from(change.op === 'write' ? change.data : '', 'base64'),
      flushedAt: Number.POSITIVE_INFINITY,
    }),
  );
  const names = open(base);
  /** By file or by the path of a folder: what a flush of it reaches. */
  const waiting = new Map<Inode | string, Dated[]>();
  for (const [step, one] of dated.entries()) {
    const { op, path: name } = one.change;
    if (op === 'sync') {
      const what = names.get(name) ?? name;
      for (const earlier of waiting.get(what) ?? []) earlier.flushedAt = step + 1;
      waiting.delete(what);
      continue;
    }
    const existed = names.has(name);
    doChange(names, one, true);
    const file = op === 'write' || op === 'cut' ? names.get(name) : undefined;
    // A file that a write has made needs its name flushed: that of its folder.
    const by = file && existed ? file : folderOf(one.change);
    waiting.set(by, [...(waiting.get(by) ?? []), one]);
  }
  return dated;
}

function folderOf(change: DiskChange): string {
  return path.dirname('to' in change ? change.to : change.path);
}

function open(base: ReadonlyMap<string, Buffer | null>): Map<string, Inode | null> {
  return new Map([...base].map(([name, data]) => [name, data && { data }] as const));
}

function apply(
  base: ReadonlyMap<string, Buffer | null>,
  dated: readonly Dated[],
  kept: Kept,
): Map<string, Inode | null> {
  const names = open(base);
  for (const [index, whole] of kept) {
    const one = dated[index];
    if (one) doChange(names, one, whole);
  }
  return names;
}

/** Does what is still possible: of a name that was lost nothing can be changed. */
function doChange(names: Map<string, Inode | null>, one: Dated, whole: boolean): void {
  const { change, bytes } = one;
  const { path: name } = change;
  switch (change.op) {
    case 'create':
      makeFile(names, name);
      return;
    case 'make-folder':
      for (let at = name; at !== '.' && !names.has(at); at = path.dirname(at)) names.set(at, null);
      return;
    case 'write':
      makeFile(names, name);
      fill(names.get(name), (data) =>
        overwritten(data, change.at, whole ? bytes : bytes.subarray(0, bytes.length / 2)),
      );
      return;
    case 'cut':
      fill(names.get(name), (data) => data.subarray(0, change.length));
      return;
    case 'rename':
      move(names, name, change.to);
      return;
    case 'link':
      if (!names.has(change.to)) copyName(names, name, change.to);
      return;
    case 'remove':
    case 'remove-folder':
      for (const gone of below(names, name)) names.delete(gone);
      return;
    case 'sync':
      return;
  }
}

/** Where there is its folder, and no file yet. */
function makeFile(names: Map<string, Inode | null>, name: string): void {
  if (names.get(path.dirname(name)) !== null || names.has(name)) return;
  names.set(name, { data: Buffer.alloc(0) });
}

function fill(inode: Inode | null | undefined, change: (data: Buffer) => Buffer): void {
  if (inode) inode.data = change(inode.data);
}

function copyName(names: Map<string, Inode | null>, from: string, to: string): void {
  const inode = names.get(from);
  if (inode) names.set(to, inode);
}

/** Bytes that were lost before these are zeros, as on a disk. */
function overwritten(data: Buffer, at: number, bytes: Buffer): Buffer {
  if (at === 0 && data.length <= bytes.length) return bytes;
  const result = Buffer.alloc(Math.max(data.length, at + bytes.length));
  data.copy(result);
  bytes.copy(result, at);
  return result;
}

function move(names: Map<string, Inode | null>, from: string, to: string): void {
  if (!names.has(from)) return;
  const moved = below(names, from).map((one) => [one, names.get(one) ?? null] as const);
  for (const one of below(names, to)) names.delete(one);
  for (const [one] of moved) names.delete(one);
  for (const [one, inode] of moved) names.set(to + one.slice(from.length), inode);
}

function below(names: Names, name: string): string[] {
  if (names.get(name) !== null) return names.has(name) ? [name] : [];
  return [...names.keys()].filter((one) => one === name || one.startsWith(`${name}/`));
}

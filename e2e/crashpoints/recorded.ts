/** What a run without a kill was and did, so that the machine can be started again with a part of it. */
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listAttempts } from '../../electron/transaction/attempts.ts';
import type { Names } from './disk.ts';
import { controlFiles, type DiskChange, type Traced } from './effects.ts';
import type { Scenario } from './scenarios.ts';
import type { Gateway, World } from './world.ts';

/** Files that are run, besides the images. */
const programs = new Set(['watcher-node', 'holdfast']);
/** What a user would miss. */
const kept = ['state', 'apps', 'freed'];

export interface Recorded {
  /** Of the world: plan and ledgers name it. */
  readonly folder: string;
  readonly gateways: readonly Gateway[];
  /** By path in the world: what was there when it began; null is a folder. */
  readonly base: ReadonlyMap<string, Buffer | null>;
  readonly traced: readonly Traced[];
  /** The very files of both images: an update knows them by more than their bytes. */
  readonly images: readonly string[];
}

export class Recorder {
  readonly #world: World;
  /** On the same disk, or there could be no links. */
  readonly #images = mkdtempSync(path.join(tmpdir(), 'hf-images-'));
  #base: ReadonlyMap<string, Buffer | null> | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** To be called often: an image is caught before it is renamed or removed. */
  look(): void {
    const world = this.#world;
    if (world.isReady() && !this.#base) {
      this.#base = readTree(world.folder);
      linkSync(world.image, path.join(this.#images, 'old'));
    }
    const [attempt] = listAttempts(world.state);
    const next = path.join(this.#images, 'next');
    // Earlier a new link would look like a change to those who verify it.
    if (attempt === undefined || existsSync(next)) return;
    if (!existsSync(world.state.attempt(attempt).journal)) return;
    const file = readdirSync(world.at('apps')).find((name) => name.includes('.new-'));
    if (file !== undefined) linkSync(world.at('apps', file), next);
  }

  recorded(): Recorded {
    const { folder, gateways } = this.#world;
    if (!this.#base) throw new Error('The run never began.');
    const text = readFileSync(this.#world.control(controlFiles.trace), 'utf8').trimEnd();
    const images = readdirSync(this.#images).map((name) => path.join(this.#images, name));
    const traced = text.split('\n').map((line): Traced => JSON.parse(line));
    return { folder, gateways, base: this.#base, traced, images };
  }
}

function readTree(folder: string): Map<string, Buffer | null> {
  const tree = new Map<string, Buffer | null>();
  for (const top of kept) {
    tree.set(top, null);
    for (const entry of readdirSync(path.join(folder, top), {
      recursive: true,
      withFileTypes: true,
    })) {
      const file = path.join(entry.parentPath, entry.name);
      const name = path.relative(folder, file);
      if (name.startsWith('state/logs/')) continue;
      if (entry.isDirectory()) tree.set(name, null);
      else if (entry.isFile()) tree.set(name, readFileSync(file));
    }
  }
  return tree;
}

const buildFile = 'freed/build.txt';
/** What the update command of a gateway has done by its end; its programs are not traced. */
const installedBy = (text: string): DiskChange[] => [
  { op: 'cut', path: buildFile, length: 0 },
  { op: 'write', path: buildFile, at: 0, data: Buffer.from(text).toString('base64') },
  { op: 'sync', path: buildFile },
];

/** Every change by the path in the world; what was written to one file piece by piece counts as one write. */
export function changesOf({ folder, traced }: Recorded, { installs }: Scenario): DiskChange[] {
  const changes: DiskChange[] = [];
  const newest = new Map<string, number>();
  const inWorld = (file: string): string => path.relative(folder, file);
  for (const { change, effect } of traced) {
    // A command flushes what it installs; only it knows what that is.
    if (effect === 'journal command-ended freed') changes.push(...installedBy(`${installs}\n`));
    if (!change) continue;
    const name = inWorld(change.path);
    const at = newest.get(name) ?? -1;
    const whole = continued(changes[at], change);
    if (whole) {
      changes[at] = whole;
      continue;
    }
    newest.set(name, changes.length);
    const to = 'to' in change ? { to: inWorld(change.to) } : {};
    changes.push({ ...change, path: name, ...to });
  }
  return changes;
}

/** Both writes as one, if the second one goes on where the first has ended, in what is being staged. */
function continued(before: DiskChange | undefined, next: DiskChange): DiskChange | undefined {
  if (before?.op !== 'write' || next.op !== 'write') return undefined;
  const bytes = Buffer.from(before.data, 'base64');
  if (next.at !== before.at + bytes.length || !before.path.startsWith('state/staged/')) {
    return undefined;
  }
  const data = Buffer.concat([bytes, Buffer.from(next.data, 'base64')]).toString('base64');
  return { ...before, data };
}

/** Puts these names into the world's folder. */
export function restore(world: World, recorded: Recorded, names: Names): void {
  world.gateways = recorded.gateways;
  mkdirSync(world.folder);
  for (const name of ['control', 'run', 'tmp']) mkdirSync(world.at(name), { mode: 0o700 });
  world.begin();
  const placed = new Map<object, string>();
  for (const [name, inode] of names) {
    const file = world.at(name);
    if (inode === null) {
      mkdirSync(file, { recursive: true, mode: 0o700 });
      continue;
    }
    const other = placed.get(inode) ?? imageOf(recorded, inode.data);
    if (other !== undefined && name.startsWith('apps/')) linkSync(other, file);
    else writeFileSync(file, inode.data, { mode: 0o600 });
    if (programs.has(path.basename(file))) chmodSync(file, 0o700);
    placed.set(inode, file);
  }
}

function imageOf({ images }: Recorded, data: Buffer): string | undefined {
  return images.find((file) => readFileSync(file).equals(data));
}

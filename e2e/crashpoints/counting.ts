/** Which effects of this program there are, what each is called, and where the program ends itself. */
import fs from 'node:fs';
import path from 'node:path';
import { controlFiles, type DiskChange, type Point, type Role, type When } from './effects.ts';

/** The real calls, for what the hook does itself. */
export const real = { ...fs };

/** A world's folder is found by the words of the command line, or the folder that the program was started in. */
function worldFolder(): string | undefined {
  const words = [...process.argv, process.cwd()];
  return words.map((word) => /^(.*\/hf-points-[^/]+)\//.exec(word)?.[1]).find(Boolean);
}

const world = worldFolder();
const control = world === undefined ? '' : path.join(world, 'control');
const at = (name: string): string => path.join(control, name);

/** By the program's file, and by the release that this hook lies in. */
function ownRole(): Role | undefined {
  const program = path.basename(process.argv[1] ?? '');
  const isNew = path.basename(import.meta.dirname) !== 'old';
  if (program === 'app.mjs') return isNew ? 'new app' : 'app';
  if (program === 'watcher.cjs') return isNew ? 'next watcher' : 'watcher';
  return program === 'unpacker.mjs' ? 'unpacker' : undefined;
}

const role = ownRole();
const met = new Map<string, number>();

/** The same in every run: without random parts, numbers of processes and the folder itself. */
export function plain(file: string): string {
  return path
    .relative(world ?? '', file)
    .replace(/\d{13}-[a-f0-9]{8}/g, 'ATTEMPT')
    .replace(/(bundle|runtime)-[a-f0-9]{16,}/g, '$1')
    .replace(/[a-f0-9]{12,}/g, 'RANDOM')
    .replace(/^state\//, '');
}

/** A program by its name, which an attempt's own one has in it. */
export function programName(file: string): string {
  return path.basename(file).replace(/\d{13}-[a-f0-9]{8}/, 'ATTEMPT');
}

/** The newest record in each journal. */
const lastRecord = new Map<string, string>();

/** `journal released`; other files by their name. */
export function nameOfWrite(file: string, bytes: Buffer): string {
  const event = /"event":\{"type":"([a-z-]+)"(?:,"id":"([a-z-]+)")?/.exec(bytes.toString('utf8'));
  if (!file.endsWith('journal.jsonl') || !event) return `write ${plain(file)}`;
  const record = [event[1], event[2]].filter(Boolean).join(' ');
  lastRecord.set(file, record);
  return `journal ${record}`;
}

export function nameOfSync(file: string): string {
  const record = lastRecord.get(file);
  return record === undefined ? `sync ${plain(file)}` : `sync journal ${record}`;
}

/** Only what belongs to the product, and no logs. */
export function isOurs(file: string): boolean {
  if (!path.isAbsolute(file)) return false;
  const inside = path.relative(world ?? '', file);
  return /^(?:state|apps|freed)\//.test(`${inside}/`) && !/^state\/logs(?:\/|$)/.test(inside);
}

function begun(): boolean {
  return real.existsSync(at(controlFiles.begun));
}

function readAgain(): Point['again'] {
  try {
    return real.readFileSync(at(controlFiles.again), 'utf8') === 'before' ? 'before' : 'after';
  } catch {
    return undefined;
  }
}

function readPoint(): Point | undefined {
  try {
    return JSON.parse(real.readFileSync(at(controlFiles.point), 'utf8'));
  } catch {
    return undefined;
  }
}

const chosen = role && world !== undefined ? readPoint() : undefined;
const point = chosen?.role === role ? chosen : undefined;
/** The first watcher that does something after the kill ends there too; it may run already, and stand by. */
const isNext = role === 'watcher' || role === 'next watcher';
const again = isNext ? (chosen?.again ?? readAgain()) : undefined;
const traces = role !== undefined && real.existsSync(at(controlFiles.trace));
/** False in programs that nothing is to be known of. */
export const counts = point !== undefined || again !== undefined || traces;

interface Effect {
  readonly name: string;
  readonly nth: number;
  /** The stretch in which it began. */
  readonly began: number;
}

function count(name: string): Effect {
  const nth = (met.get(name) ?? 0) + 1;
  met.set(name, nth);
  return { name, nth, began: stretchNow() };
}

let stretch = 0;
let isStretchOpen = false;

/** A stretch lasts until the program waits, or sends something. */
function stretchNow(): number {
  if (!isStretchOpen) {
    isStretchOpen = true;
    queueMicrotask(endStretch);
  }
  return stretch;
}

export function endStretch(): void {
  isStretchOpen = false;
  stretch += 1;
}

const kill = process.kill.bind(process);

/** Nothing of this program runs after it. */
function end(): never {
  const isFirst = real.existsSync(at(controlFiles.point));
  if (isFirst && point?.again) real.writeFileSync(at(controlFiles.again), point.again);
  real.rmSync(at(isFirst ? controlFiles.point : controlFiles.again));
  kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
}

function isHere({ name, nth }: Effect, when: When): boolean {
  if (again === when && real.existsSync(at(controlFiles.again))) return true;
  if (point?.effect !== name || point.nth !== nth || point.when !== when) return false;
  // An earlier program may have ended here already.
  return real.existsSync(at(controlFiles.point));
}

function trace({ name, ...where }: Effect, tearable: boolean, change?: DiskChange): void {
  if (!traces) return;
  const own = { pid: process.pid, role, effect: name, ended: stretchNow() };
  const line = { ...own, ...where, tearable, ...(change && { change }) };
  real.appendFileSync(at(controlFiles.trace), `${JSON.stringify(line)}\n`);
}

export interface Doing<R> {
  readonly name: string;
  readonly act: () => R;
  /** Does half of it. */
  readonly tear?: () => void;
  /** Told before it is done, when it depends on what is there; null: nothing changes. */
  readonly change?: () => DiskChange | undefined;
}

export function around<R>({ name, act, tear, change }: Doing<R>): R {
  if (!begun()) return act();
  const effect = count(name);
  if (isHere(effect, 'before')) end();
  if (tear && isHere(effect, 'torn')) {
    tear();
    end();
  }
  const what = change?.();
  const result = act();
  const done = (): void => {
    trace(effect, tear !== undefined, what);
    if (isHere(effect, 'after')) end();
  };
  if (!(result instanceof Promise)) {
    done();
    return result;
  }
  // The promise of a call resolves with what the call does.
  return result.then((value: unknown) => {
    done();
    return value;
  }) as R;
}

export function bytesOf(data: unknown): Buffer {
  return typeof data === 'string' ? Buffer.from(data) : Buffer.from(data as Uint8Array);
}

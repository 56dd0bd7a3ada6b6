/**
 * Writes the signed metadata of a release folder (The Update Framework 1.0), in `metadata/` beside the
 * files: any static web server can serve it. Roots and targets are versioned by name; `timestamp.json` is
 * written last, so that a client sees the old release or the new one.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp } from '@tufjs/models';
import { isFeedOf, updateChannels } from '../../electron/contract/update-channel.ts';
import { readFeed } from '../../electron/update/feed-file.ts';
import { type RoleName, roles, type SigningKey, scheme } from './keys.ts';

const specVersion = '1.0.31';
/** Only the names in a feed count here. */
const nowhere = new URL('https://release.invalid/');
const day = 24 * 3_600_000;
/**
 * Milliseconds. The timestamp is renewed by the server's own job: a freeze of a week is noticed. The
 * others are signed by hand.
 */
const lifetimes: Readonly<Record<RoleName, number>> = {
  root: 400 * day,
  targets: 200 * day,
  snapshot: 60 * day,
  timestamp: 7 * day,
};

export interface SignOptions {
  readonly keys: readonly SigningKey[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Of every file; by default each is of the release whose feed file names it. */
  readonly version?: string;
  /** Instead of the usual ones, ms. */
  readonly lifetimes?: Partial<Record<RoleName, number>>;
}

type Signed = Root | Targets | Snapshot | Timestamp;

/**
 * The root metadata, version 1, or the next one after `before`: signed by the old and the new root keys,
 * so that whoever trusts the old one may trust this one.
 *
 * @param current the keys that count from now on
 * @param before the newest root (JSON) and the root keys that it names
 * @returns its version and its JSON
 */
export function makeRoot(
  current: readonly SigningKey[],
  options: Pick<SignOptions, 'now' | 'lifetimes'>,
  before?: { readonly root: string; readonly keys: readonly SigningKey[] },
): { version: number; json: string } {
  const version = before ? versionIn(before.root) + 1 : 1;
  const signed = new Root({ version, specVersion, expires: expiry('root', options) });
  for (const { role, key } of current) signed.addKey(key, role);
  for (const role of roles)
    Reflect.set(signed.roles[role] ?? {}, 'threshold', scheme[role].threshold);
  const signers = [...current, ...(before?.keys ?? [])].filter(({ role }) => role === 'root');
  return { version, json: signedJson(signed, signers) };
}

/**
 * Signs every file of `folder`: the newest release of each channel, each file with the version of the feed
 * file that names it.
 */
export async function signRelease(folder: string, options: SignOptions): Promise<void> {
  // Before anything is written: half a signature is none.
  for (const role of ['targets', 'snapshot', 'timestamp'] as const) keysOf(role, options);
  const names = readdirSync(folder).filter((name) => statSync(path.join(folder, name)).isFile());
  const versions = options.version === undefined ? releasesIn(folder, names) : undefined;
  const targets: Record<string, TargetFile> = {};
  for (const name of names) {
    targets[name] = await targetOf(folder, name, options.version ?? versions?.get(name));
  }
  const { targets: last = 0 } = newest(folder);
  const next = new Targets({
    ...common('targets', last + 1, options),
    targets,
  });
  await put(folder, `${last + 1}.targets.json`, signedJson(next, keysOf('targets', options)));
  await signSnapshot(folder, last + 1, options);
}

/** Says anew which snapshot is the newest: what keeps the word fresh while nothing is released. */
export async function renewTimestamp(folder: string, options: SignOptions): Promise<void> {
  const { snapshot = 0, timestamp = 0 } = newest(folder);
  const signed = new Timestamp({
    ...common('timestamp', timestamp + 1, options),
    snapshotMeta: new MetaFile({ version: snapshot }),
  });
  await put(folder, 'timestamp.json', signedJson(signed, keysOf('timestamp', options)));
}

async function signSnapshot(folder: string, targets: number, options: SignOptions): Promise<void> {
  const { snapshot: last = 0 } = newest(folder);
  const signed = new Snapshot({
    ...common('snapshot', last + 1, options),
    meta: { 'targets.json': new MetaFile({ version: targets }) },
  });
  await put(folder, `${last + 1}.snapshot.json`, signedJson(signed, keysOf('snapshot', options)));
  await renewTimestamp(folder, options);
}

function common(role: RoleName, version: number, options: SignOptions) {
  return { version, specVersion, expires: expiry(role, options) };
}

function expiry(role: RoleName, { now, lifetimes: own }: Pick<SignOptions, 'now' | 'lifetimes'>) {
  const at = new Date(now + (own?.[role] ?? lifetimes[role]));
  return `${at.toISOString().slice(0, 19)}Z`;
}

function keysOf(role: RoleName, { keys }: SignOptions): SigningKey[] {
  const found = keys.filter((one) => one.role === role);
  if (found.length >= scheme[role].threshold) return found;
  throw new Error(
    `${scheme[role].threshold} keys have to sign ${role}, and ${found.length} are here. Put the missing ${role}-*.pem beside the others.`,
  );
}

function signedJson(signed: Signed, signers: readonly SigningKey[]): string {
  const metadata = new Metadata(signed);
  for (const signer of signers) metadata.sign((data) => signer.sign(data), true);
  return `${JSON.stringify(metadata.toJSON())}\n`;
}

/** The newest version of each role that `folder` holds. */
function newest(folder: string): Partial<Record<RoleName, number>> {
  const metadata = path.join(folder, 'metadata');
  const found: Partial<Record<RoleName, number>> = {};
  for (const name of existsSync(metadata) ? readdirSync(metadata) : []) {
    const [, version, role] = /^(?:(\d+)\.)?(targets|snapshot|timestamp)\.json$/.exec(name) ?? [];
    const known = roles.find((one) => one === role);
    if (!known) continue;
    const number =
      version === undefined
        ? versionIn(readFileSync(path.join(metadata, name), 'utf8'))
        : Number(version);
    found[known] = Math.max(found[known] ?? 0, number);
  }
  return found;
}

function versionIn(json: string): number {
  const { signed }: { signed: { version: number } } = JSON.parse(json);
  return signed.version;
}

async function targetOf(
  folder: string,
  name: string,
  version: string | undefined,
): Promise<TargetFile> {
  const file = path.join(folder, name);
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  await pipeline(createReadStream(file), async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      sha256.update(piece);
      sha512.update(piece);
    }
  });
  return new TargetFile({
    path: name,
    length: statSync(file).size,
    hashes: { sha256: sha256.digest('hex'), sha512: sha512.digest('hex') },
    unrecognizedFields: version === undefined ? {} : { custom: { version } },
  });
}

/**
 * Of which version each file is, by the feed files; those of one channel have to agree, and no file may
 * belong to two versions. Throws a sentence.
 */
function releasesIn(folder: string, names: readonly string[]): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const channel of updateChannels) {
    const feeds = names.filter((name) => isFeedOf(channel, name));
    const contents = feeds.map((name) => readFeed(readFileSync(path.join(folder, name)), nowhere));
    const found = [...new Set(contents.map(({ version }) => version))];
    const [version] = found;
    if (found.length > 1 || (version === undefined && channel === 'stable')) {
      throw new Error(
        `${folder} must hold the feed files of one ${channel} release, and holds ${found.join(', ') || 'none'}.`,
      );
    }
    if (version === undefined) continue;
    const named = contents.flatMap(({ files }) => files.map(({ name }) => name));
    for (const name of new Set([...feeds, ...named])) {
      const other = versions.get(name);
      if (other !== undefined && other !== version) {
        throw new Error(
          `${name} is named as version ${other} and as version ${version}: give each release its own file.`,
        );
      }
      versions.set(name, version);
    }
  }
  return versions;
}

async function put(folder: string, name: string, text: string): Promise<void> {
  const metadata = path.join(folder, 'metadata');
  mkdirSync(metadata, { recursive: true });
  const file = path.join(metadata, name);
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** Puts a root where clients look for the one after theirs. */
export async function publishRoot(folder: string, version: number, json: string): Promise<void> {
  await put(folder, `${version}.root.json`, json);
}

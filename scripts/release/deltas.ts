/**
 * Deltas of a release folder: from each of the last releases to the present one, so that who has one of those
 * downloads only what differs. The images of earlier releases are kept in `earlier/`, which need not be
 * published.
 */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {
  isFeedOf,
  type UpdateChannel,
  updateChannels,
} from '../../electron/contract/update-channel.ts';
import { isNewer } from '../../electron/contract/version.ts';
import { bytesToFetch, planParts, readBlockMap } from '../../electron/update/block-map.ts';
import { deltaName } from '../../electron/update/delta/delta-format.ts';
import { readFeed } from '../../electron/update/feed-file.ts';
import { makeDelta, markOf } from './make-delta.ts';
import { blockMapIn } from './plain-block-map.ts';

interface ReleasedImage {
  readonly file: string;
  /** The same for all releases of one kind. */
  readonly kind: string;
  readonly version: string;
}

/** Earlier releases of each channel. */
const keptReleases = 3;
const folderName = 'earlier';
const nowhere = new URL('https://release.invalid/');

/** Keeps the images of the present release of `channel` before those of `version` take their names. */
export function keepEarlier(release: string, channel: UpdateChannel, version: string): void {
  const folder = path.join(release, folderName, channel);
  for (const image of presentImages(release, channel)) {
    if (image.version === version) continue;
    const kept = path.join(folder, image.version, path.basename(image.file));
    mkdirSync(path.dirname(kept), { recursive: true });
    rmSync(kept, { force: true });
    linkSync(image.file, kept);
  }
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  const oldestLast = versions.sort((one, other) => (isNewer(one, other) ? -1 : 1));
  for (const old of oldestLast.slice(keptReleases)) {
    rmSync(path.join(folder, old), { recursive: true });
  }
}

/** Makes the deltas to every present image, where they are smaller than what is fetched without them. */
export async function makeDeltas(release: string): Promise<void> {
  const present = updateChannels.flatMap((channel) => presentImages(release, channel));
  const bases = [...present, ...updateChannels.flatMap((one) => earlierImages(release, one))];
  const wanted = new Set<string>();
  for (const { file, kind, version } of present) {
    const next = readFileSync(file);
    const { sha512 } = markOf(next);
    const fitting = bases.filter((one) => one.kind === kind && isNewer(version, one.version));
    for (const { file: baseFile } of fitting) {
      const base = readFileSync(baseFile);
      const name = deltaName(markOf(base).sha512, sha512);
      wanted.add(name);
      await putDelta(path.join(release, name), base, next);
    }
  }
  const deltas = readdirSync(release).filter((name) => name.endsWith('.delta'));
  for (const name of deltas.filter((one) => !wanted.has(one))) rmSync(path.join(release, name));
}

async function putDelta(target: string, base: Buffer, next: Buffer): Promise<void> {
  if (existsSync(target)) return;
  const delta = makeDelta(base, next);
  if (delta.length < (await fetchedWithout(base, next))) writeFileSync(target, delta);
}

/** Bytes that a client downloads that goes by the block maps. */
export async function fetchedWithout(base: Buffer, next: Buffer): Promise<number> {
  const [from, to] = [blockMapIn(base), blockMapIn(next)];
  if (from === undefined || to === undefined) return next.length;
  const parts = planParts(await readBlockMap(from.map), await readBlockMap(to.map));
  return bytesToFetch(parts, next.length) + next.length - to.start;
}

function presentImages(release: string, channel: UpdateChannel): ReleasedImage[] {
  const names = existsSync(release) ? readdirSync(release) : [];
  return names
    .filter((name) => isFeedOf(channel, name))
    .flatMap((feed) => {
      const { version, files } = readFeed(readFileSync(path.join(release, feed)), nowhere);
      const images = files.filter(({ name }) => name.endsWith('.AppImage'));
      return images.map(({ name }) => ({
        file: path.join(release, name),
        kind: kindOf(name),
        version,
      }));
    });
}

function earlierImages(release: string, channel: UpdateChannel): ReleasedImage[] {
  const folder = path.join(release, folderName, channel);
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  return versions.flatMap((version) =>
    readdirSync(path.join(folder, version)).map((name) => ({
      file: path.join(folder, version, name),
      kind: kindOf(name),
      version,
    })),
  );
}

function kindOf(name: string): string {
  return name.replace('-beta', '');
}

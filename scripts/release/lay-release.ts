/**
 * Puts what was packed into a folder that a web server serves. Files come first and the feed file that names
 * them last, so that a copy that looks meanwhile sees the release before.
 */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { dump, load } from 'js-yaml';
import * as z from 'zod/mini';
import { feedsOf, isFeedOf, type UpdateChannel } from '../../electron/contract/update-channel.ts';
import { keepEarlier } from './deltas.ts';

export interface PackedRelease {
  /** Where electron-builder has put packages and feed files. */
  readonly packed: string;
  /** What is served; made where it is missing. */
  readonly release: string;
  readonly channel: UpdateChannel;
  readonly version: string;
  /** The commit's. */
  readonly date: Date;
}

const feedSchema = z.looseObject({
  version: z.string(),
  path: z.string(),
  files: z.array(z.looseObject({ url: z.string() })).check(z.minLength(1)),
});

/** What a client downloads, and the sidecar with which it downloads only what has changed. */
const isServed = (name: string): boolean =>
  /\.(?:AppImage|deb|exe|exe\.blockmap|dmg|zip)$/.test(name);

/** Throws a sentence when the packages are of another version, or none are there. */
export function layRelease({ packed, release, channel, version, date }: PackedRelease): void {
  const names = readdirSync(packed);
  const feeds = names.filter((name) => isFeedOf('stable', name));
  if (feeds.length === 0)
    throw new Error(`${packed} holds no feed file: nothing was packed there.`);
  const read = feeds.map((name) => ({ name, feed: readFeed(path.join(packed, name), version) }));
  mkdirSync(release, { recursive: true });
  keepEarlier(release, channel, version);
  const served = (name: string): string => nameOn(channel, name, version);
  for (const name of names.filter(isServed)) put(release, served(name), path.join(packed, name));
  for (const { name, feed } of read) {
    const text = dump(
      {
        ...feed,
        path: served(feed.path),
        files: feed.files.map((file) => ({ ...file, url: served(file.url) })),
        releaseDate: date.toISOString(),
      },
      { lineWidth: -1 },
    );
    const feedFile = feedsOf(channel, name).at(-1) ?? name;
    const target = path.join(release, feedFile);
    writeFileSync(`${target}.new`, text);
    renameSync(`${target}.new`, target);
  }
}

function readFeed(file: string, version: string): z.infer<typeof feedSchema> {
  const feed = z.parse(feedSchema, load(readFileSync(file, 'utf8')));
  if (feed.version === version) return feed;
  throw new Error(`${file} is of version ${feed.version}, not ${version}.`);
}

/** A beta version lies beside the stable one: what has no version in its name gets another name. */
function nameOn(channel: UpdateChannel, name: string, version: string): string {
  if (channel === 'stable' || name.includes(version)) return name;
  return name.replace(/(?=\.)/, '-beta');
}

/** Whole or not at all: it may be served meanwhile. */
function put(folder: string, name: string, from: string): void {
  const target = path.join(folder, name);
  copyFileSync(from, `${target}.new`);
  renameSync(`${target}.new`, target);
}

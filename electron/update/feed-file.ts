/**
 * The feed's file (`latest-linux.yml` and its like): fetched with a bound, parsed without anything
 * that could make much out of little, and believed field by field. What passes here is all that
 * electron-updater ever sees of a feed.
 */
import { CORE_SCHEMA, load } from 'js-yaml';
import * as z from 'zod/mini';
import { feedError } from './feed-errors.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import { isVersion } from './trust.ts';

/** One file of a release, its address resolved. */
export interface OfferedFile {
  readonly url: URL;
  /** base64 of the file's sha512. */
  readonly sha512: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes of the deflated block map at the end of an AppImage, before its own length. */
  readonly blockMapSize: number | undefined;
}

export interface FeedContent {
  readonly version: string;
  readonly files: readonly OfferedFile[];
  readonly notes: string;
  readonly releaseDate: string;
  readonly stagingPercentage: number | undefined;
  readonly minimumSystemVersion: string | undefined;
}

/** Release notes included, 256 KiB is a hundred times what a feed file needs. */
const MAX_BYTES = 256 * 1024;
/** A feed file has some thirty values, three levels deep. */
const MAX_NODES = 2_000;
const MAX_DEPTH = 8;
/** A Setup program or an AppImage of Holdfast is about 150 MB. */
const MAX_FILE_BYTES = 2 * 1024 ** 3;
const MAX_BLOCK_MAP_BYTES = 4 * 1024 * 1024;
/** Notes are shown, not archived. */
const NOTES_MAX_CHARS = 20_000;
/** No separator, no drive, no device and nothing hidden: it becomes a file's name here. */
const FILE_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._()+-]{0,199}$/u;

const note = z.object({ note: z.nullish(z.string()) });
const file = z.object({
  url: z.string().check(z.minLength(1), z.maxLength(2_000)),
  sha512: z.string().check(z.regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/)),
  size: z.int().check(z.positive(), z.maximum(MAX_FILE_BYTES)),
  blockMapSize: z.optional(z.int().check(z.positive(), z.maximum(MAX_BLOCK_MAP_BYTES))),
});
/** What is not named here is not passed on. */
const feedSchema = z.object({
  version: z.string().check(z.refine(isVersion)),
  files: z.array(file).check(z.minLength(1), z.maxLength(32)),
  releaseNotes: z.nullish(z.union([z.string(), z.array(note).check(z.maxLength(500))])),
  releaseDate: z.nullish(z.string().check(z.maxLength(64))),
  stagingPercentage: z.nullish(z.number().check(z.minimum(0), z.maximum(100))),
  minimumSystemVersion: z.nullish(z.string().check(z.maxLength(64))),
});

/** Fetches and reads the feed's file `name` below `base`. Rejects with a FeedError. */
export async function fetchFeed(
  client: HttpClient,
  base: URL,
  name: string,
  signal: AbortSignal,
): Promise<FeedContent> {
  const url = new URL(name, base);
  url.search = base.search;
  // Caches between here and the server are told by a header, and not all of them listen.
  url.searchParams.set('noCache', Date.now().toString(32));
  const answer = await client.get(url, { accept: 'text/yaml, */*;q=0.5' }, signal);
  const { status } = answer;
  if (status !== 200) {
    answer.close();
    throw feedError('HTTP_STATUS', { status });
  }
  const bytes = await readBounded(answer);
  try {
    return parseFeed(new TextDecoder('utf-8', { fatal: true }).decode(bytes), base);
  } catch (cause) {
    // Judged by what it is declared as, or begins as: no feed begins with a tag.
    const isPage = isWebPage(answer) || /^\s*</.test(bytes.toString('latin1', 0, 1_000));
    throw feedError(isPage ? 'WEB_PAGE' : 'FEED_INVALID', { cause });
  }
}

/** True for what its server declares to be a page for people. */
export function isWebPage(answer: HttpAnswer): boolean {
  const type = answer.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === 'text/html' || type === 'application/xhtml+xml';
}

async function readBounded(answer: HttpAnswer): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer.body) {
    bytes += piece.length;
    if (bytes > MAX_BYTES) throw feedError('FEED_TOO_LARGE');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Throws when `text` is no feed whose files lie beside it. */
export function parseFeed(text: string, base: URL): FeedContent {
  const feed = z.parse(feedSchema, parseYaml(text));
  return {
    version: feed.version,
    files: feed.files.map((one) => ({
      url: resolveFile(one.url, base),
      sha512: one.sha512,
      size: one.size,
      blockMapSize: one.blockMapSize,
    })),
    notes: notesOf(feed.releaseNotes),
    releaseDate: feed.releaseDate ?? '',
    stagingPercentage: feed.stagingPercentage ?? undefined,
    minimumSystemVersion: feed.minimumSystemVersion ?? undefined,
  };
}

/**
 * YAML with plain values only. Parsing ends at the first anchor, so that no alias can stand for
 * anything, and at the first value too many or too deep; the schema knows no other tags than those
 * of text, numbers, true, false and null.
 */
export function parseYaml(text: string): unknown {
  let nodes = 0;
  let depth = 0;
  return load(text, {
    schema: CORE_SCHEMA,
    listener(event, state) {
      if (event === 'open') {
        nodes += 1;
        depth += 1;
        if (nodes > MAX_NODES || depth > MAX_DEPTH) throw new Error('More than a feed file holds.');
        return;
      }
      depth -= 1;
      if (Reflect.get(state, 'anchor') !== null) throw new Error('An anchor in a feed file.');
    },
  });
}

/** A file lies at the feed's own origin; a server may still send us on, to https alone. */
function resolveFile(text: string, base: URL): URL {
  const url = new URL(text, base);
  const name = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
  const plain = url.username === '' && url.password === '' && url.hash === '';
  if (url.origin !== base.origin || !plain || !FILE_NAME.test(name)) {
    throw new Error('A file of the feed is not at the feed’s own server, or has no usable name.');
  }
  if (url.search === '') url.search = base.search;
  return url;
}

function notesOf(notes: z.infer<typeof feedSchema>['releaseNotes']): string {
  const text =
    typeof notes === 'string' ? notes : (notes ?? []).map((one) => one.note ?? '').join('\n\n');
  return text.slice(0, NOTES_MAX_CHARS);
}

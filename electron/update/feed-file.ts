/**
 * The feed's file (such as `latest-linux.yml`): fetched with a bound, parsed without YAML's ways to
 * expand little into much, and checked field by field. electron-updater sees nothing else of a feed.
 */
import { CORE_SCHEMA, load } from 'js-yaml';
import * as z from 'zod/mini';
import { isVersion } from '../contract/version.ts';
import { feedError } from './feed-errors.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';

/** A file at the feed, and what it has to be. */
export interface RemoteFile {
  readonly url: URL;
  /** base64 of the file's sha512. */
  readonly sha512: string;
  /** Bytes. */
  readonly size: number;
}

/** One file of a release, its address resolved. */
export interface OfferedFile extends RemoteFile {
  /** Its name beside the feed. */
  readonly name: string;
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

/** One request for a file of the feed. */
export interface FeedRequest {
  /** The folder of the feed. */
  readonly base: URL;
  readonly name: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Release notes included, 256 KiB is a hundred times what a feed file needs. */
export const feedMaxBytes = 256 * 1024;
/** A feed file has some thirty values, three levels deep. */
const maxNodes = 2_000;
const maxDepth = 8;
/** A Setup program or an AppImage of Holdfast is about 150 MB. */
const maxFileBytes = 2 * 1024 ** 3;
const maxBlockMapBytes = 4 * 1024 * 1024;
/** Notes are shown, not archived. */
const notesMaxChars = 20_000;
/** It becomes a file's name here: no separator, no drive, no device and nothing hidden. */
const fileName = /^[\p{L}\p{N}][\p{L}\p{N} ._()+-]{0,199}$/u;

const note = z.object({ note: z.nullish(z.string()) });
const file = z.object({
  url: z.string().check(z.minLength(1), z.maxLength(2_000)),
  sha512: z.string().check(z.regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/)),
  size: z.int().check(z.positive(), z.maximum(maxFileBytes)),
  blockMapSize: z.optional(z.int().check(z.positive(), z.maximum(maxBlockMapBytes))),
});
/** Other fields are not passed on. */
const feedSchema = z.object({
  version: z.string().check(z.refine(isVersion)),
  files: z.array(file).check(z.minLength(1), z.maxLength(32)),
  releaseNotes: z.nullish(z.union([z.string(), z.array(note).check(z.maxLength(500))])),
  releaseDate: z.nullish(z.string().check(z.maxLength(64))),
  stagingPercentage: z.nullish(z.number().check(z.minimum(0), z.maximum(100))),
  minimumSystemVersion: z.nullish(z.string().check(z.maxLength(64))),
});

/**
 * Fetches the file `name` of the feed below `base`: at most `maxBytes`, and no page for people. Null when
 * there is none. Rejects with a FeedError.
 */
export async function fetchFeedFile(
  client: HttpClient,
  { base, name, maxBytes, signal }: FeedRequest,
): Promise<Buffer | null> {
  const url = new URL(name, base);
  url.search = base.search;
  // A header asks the caches on the way to pass the request on, and not all of them do.
  url.searchParams.set('noCache', Date.now().toString(32));
  const answer = await client.get(url, { accept: '*/*' }, signal);
  const { status } = answer;
  if (status !== 200) {
    answer.close();
    // Stores of files say 403 for a name that they do not have.
    if (status === 404 || status === 403) return null;
    throw feedError('HTTP_STATUS', { status });
  }
  const bytes = await readBounded(answer, maxBytes);
  // Judged by what it is declared as, or begins as: neither a feed nor its metadata begins with a tag.
  if (isWebPage(answer) || /^\s*</.test(bytes.toString('latin1', 0, 1_000))) {
    throw feedError('WEB_PAGE');
  }
  return bytes;
}

/** Reads the text of a feed's file. Throws a FeedError. */
export function readFeed(bytes: Uint8Array, base: URL): FeedContent {
  try {
    return parseFeed(new TextDecoder('utf-8', { fatal: true }).decode(bytes), base);
  } catch (cause) {
    throw feedError('FEED_INVALID', { cause });
  }
}

/** True for what its server declares to be a page for people. */
export function isWebPage(answer: HttpAnswer): boolean {
  const type = answer.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === 'text/html' || type === 'application/xhtml+xml';
}

async function readBounded(answer: HttpAnswer, maxBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer.body) {
    bytes += piece.length;
    if (bytes > maxBytes) throw feedError('FEED_TOO_LARGE');
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
      ...resolveFile(one.url, base),
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
        if (nodes > maxNodes || depth > maxDepth) throw new Error('More than a feed file holds.');
        return;
      }
      depth -= 1;
      if (Reflect.get(state, 'anchor') !== null) throw new Error('An anchor in a feed file.');
    },
  });
}

/** A file lies at the feed's own origin; a server may still send us on, to https alone. */
function resolveFile(text: string, base: URL): { url: URL; name: string } {
  const url = new URL(text, base);
  const name = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
  const plain = url.username === '' && url.password === '' && url.hash === '';
  if (url.origin !== base.origin || !plain || !fileName.test(name)) {
    throw new Error('A file of the feed is not at the feed’s own server, or has no usable name.');
  }
  if (url.search === '') url.search = base.search;
  return { url, name };
}

function notesOf(notes: z.infer<typeof feedSchema>['releaseNotes']): string {
  const text =
    typeof notes === 'string' ? notes : (notes ?? []).map((one) => one.note ?? '').join('\n\n');
  return text.slice(0, notesMaxChars);
}

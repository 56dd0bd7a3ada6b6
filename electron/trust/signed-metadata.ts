/**
 * What the release keys have signed (The Update Framework, tuf-js): which files belong to the newest
 * release, by length and hash. Whoever serves the metadata is not trusted: a server can only withhold
 * news, and that shows when its newest word expires.
 *
 * The root of trust is the build's own. Newer roots count only along the chain of signatures from there,
 * walked anew each time. So nothing in `folder` is trusted: it saves asking again, and remembers the
 * newest versions, below which no server gets us back.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Updater } from 'tuf-js';
import { DownloadHTTPError, ExpiredMetadataError } from 'tuf-js/dist/error.js';
import type { Fetcher } from 'tuf-js/dist/fetcher.js';
import * as z from 'zod/mini';
import { errorText } from '../contract/error-text.ts';
import { writeDurable } from '../files/durable-write.ts';
import { textOf } from '../files/untrusted-file.ts';
import { TrustError } from './trust-error.ts';

/** The bytes of a metadata file, or null when there is none of that name. Rejects when it can't be had. */
export type ServeMetadata = (name: string, maxBytes: number) => Promise<Buffer | null>;

export interface TrustDeps {
  /** The root metadata that this build was made with: JSON, or empty where it was made without. */
  readonly root: string;
  /** Where metadata is kept between checks; made when it is missing. */
  readonly folder: string;
  readonly serve: ServeMetadata;
}

export interface SignedFile {
  /** Bytes. */
  readonly length: number;
  /** base64. */
  readonly sha512: string;
  /** The version of the release whose program it is; undefined for other files. */
  readonly version: string | undefined;
}

/** Null for a name that is not signed. */
export type SignedFiles = (name: string) => Promise<SignedFile | null>;

/** Metadata of Holdfast's releases takes a few kilobytes. */
export const metadataMaxBytes = 256 * 1024;
/** Each is one request. Roots change about once a year. */
const maxRootRotations = 32;
/** tuf-js asks for addresses; only the name at their end counts here. */
const nowhere = 'https://metadata.invalid';
const rootName = /^\d+\.root\.json$/;
const expirySchema = z.object({ signed: z.object({ expires: z.string() }) });

/** Verifies the newest metadata that `serve` has. Rejects with a TrustError, or with what `serve` rejected with. */
export async function readSigned(deps: TrustDeps): Promise<SignedFiles> {
  const updater = await refreshMetadata(deps);
  return (name) => signedFile(updater, name);
}

/** As `readSigned`; answers tuf-js's own client, which knows all that is signed of a file. */
export async function refreshMetadata(deps: TrustDeps): Promise<Updater> {
  if (deps.root === '') throw new TrustError('no-root');
  mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
  writeDurable(path.join(deps.folder, 'root.json'), deps.root);
  const source = new MetadataSource(deps);
  const updater = new Updater({
    metadataDir: deps.folder,
    metadataBaseUrl: nowhere,
    fetcher: source,
    config: {
      maxRootRotations,
      rootMaxLength: metadataMaxBytes,
      timestampMaxLength: metadataMaxBytes,
      snapshotMaxLength: metadataMaxBytes,
      targetsMaxLength: metadataMaxBytes,
    },
  });
  try {
    await updater.refresh();
  } catch (error) {
    source.forgetBadRoot();
    if (source.failure !== undefined) throw source.failure;
    throw isExpired(error)
      ? new TrustError('expired', { cause: error, since: source.expiredSince(Date.now()) })
      : new TrustError('refused', { cause: error });
  }
  source.keepRoots();
  return updater;
}

async function signedFile(updater: Updater, name: string): Promise<SignedFile | null> {
  const found = await updater.getTargetInfo(name);
  const sha512 = found?.hashes.sha512;
  if (!found || sha512 === undefined) return null;
  const { version } = found.custom;
  return {
    length: found.length,
    sha512: Buffer.from(sha512, 'hex').toString('base64'),
    version: typeof version === 'string' ? version : undefined,
  };
}

/** tuf-js wraps some of its errors into text; the text is its own, so it may be read. */
function isExpired(error: unknown): boolean {
  return error instanceof ExpiredMetadataError || / is expired$/.test(errorText(error));
}

class MetadataSource implements Fetcher {
  /** Why the metadata could not be had, as `serve` says it. */
  failure: unknown;
  readonly #deps: TrustDeps;
  readonly #roots = new Map<string, Buffer>();
  readonly #expiries: number[] = [];
  /** Asked for last: where tuf-js stopped, if it did. */
  #last = '';

  constructor(deps: TrustDeps) {
    this.#deps = deps;
  }

  async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    const name = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));
    this.#last = name;
    const kept = rootName.test(name) ? textOf(this.#keptRoot(name), metadataMaxBytes) : undefined;
    const bytes =
      kept === undefined
        ? await this.#ask(name, Math.min(maxLength, metadataMaxBytes))
        : Buffer.from(kept);
    if (bytes === null) throw new DownloadHTTPError(`There is no ${name}`, 404);
    if (rootName.test(name)) this.#roots.set(name, bytes);
    this.#expiries.push(expiryOf(bytes));
    return bytes;
  }

  /** Files of a release are fetched by the strict client, never by tuf-js. */
  downloadFile(): Promise<never> {
    return Promise.reject(new Error('Only metadata is fetched here.'));
  }

  /** Epoch milliseconds; undefined when nothing that was served is older than `now`. */
  expiredSince(now: number): number | undefined {
    const past = this.#expiries.filter((at) => at < now);
    return past.length === 0 ? undefined : Math.min(...past);
  }

  keepRoots(): void {
    for (const [name, bytes] of this.#roots) writeDurable(this.#keptRoot(name), bytes);
  }

  /**
   * A kept root that does not follow from the one before it is damaged, and the next check asks for it
   * anew. Sound ones stay, whatever the server does: without them a revoked key would count again.
   */
  forgetBadRoot(): void {
    if (rootName.test(this.#last)) rmSync(this.#keptRoot(this.#last), { force: true });
  }

  async #ask(name: string, maxBytes: number): Promise<Buffer | null> {
    try {
      return await this.#deps.serve(name, maxBytes);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  #keptRoot(name: string): string {
    return path.join(this.#deps.folder, name);
  }
}

/** Epoch milliseconds; NaN for what is no metadata. */
function expiryOf(bytes: Buffer): number {
  try {
    return Date.parse(z.parse(expirySchema, JSON.parse(bytes.toString('utf8'))).signed.expires);
  } catch {
    return Number.NaN;
  }
}

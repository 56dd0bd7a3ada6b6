/**
 * The feed as the release keys have signed it: its file, and every file that it names, must be the signed
 * ones. Metadata lies in `metadata/` beside the feed's file.
 */
import { createHash } from 'node:crypto';
import { isNewer } from '../contract/version.ts';
import { readSigned, type SignedFiles, type TrustDeps } from '../trust/signed-metadata.ts';
import { TrustError } from '../trust/trust-error.ts';
import { feedError } from './feed-errors.ts';
import { type FeedContent, feedMaxBytes, fetchFeedFile, readFeed } from './feed-file.ts';
import type { HttpClient } from './http-client.ts';
import { UpdateProblem } from './types.ts';

/** What this build trusts, and where the app keeps what it has seen. */
export type Trust = Omit<TrustDeps, 'serve'>;

/** A root after the newest is not there; every other file has to be. */
const nextRoot = /\/\d+\.root\.json$/;

export interface SignedFeedRequest {
  readonly base: URL;
  /** Of the feed files; all but the first may not have been published. */
  readonly names: readonly string[];
  readonly signal: AbortSignal;
}

export interface SignedFeed {
  readonly content: FeedContent;
  /** Everything that is signed beside it. */
  readonly signed: SignedFiles;
}

/**
 * The newest release that one of the feed files announces. Rejects with a FeedError, or with an
 * UpdateProblem when what is served is not signed.
 */
export async function fetchSignedFeed(
  trust: Trust,
  client: HttpClient,
  { base, names, signal }: SignedFeedRequest,
): Promise<SignedFeed> {
  const get = async (file: string, maxBytes: number): Promise<Buffer | null> => {
    const bytes = await fetchFeedFile(client, { base, name: file, maxBytes, signal });
    if (bytes === null && !nextRoot.test(file)) throw feedError('HTTP_STATUS', { status: 404 });
    return bytes;
  };
  try {
    const signed = await readSigned({
      ...trust,
      serve: (file, maxBytes) => get(`metadata/${file}`, maxBytes),
    });
    const contents: FeedContent[] = [];
    for (const [index, name] of names.entries()) {
      // The server can't hide a channel: what is published is signed.
      if (index > 0 && (await signed(name)) === null) continue;
      const bytes = (await get(name, feedMaxBytes)) ?? Buffer.alloc(0);
      await mustBeSigned(signed, name, { sha512: sha512Of(bytes), size: bytes.length });
      const content = readFeed(bytes, base);
      for (const file of content.files) await mustBeSigned(signed, file.name, file);
      contents.push(content);
    }
    const newest = (one: FeedContent, other: FeedContent): FeedContent =>
      isNewer(other.version, one.version) ? other : one;
    return { content: contents.reduce(newest), signed };
  } catch (error) {
    throw error instanceof TrustError ? asProblem(error) : error;
  }
}

async function mustBeSigned(
  signed: SignedFiles,
  name: string,
  file: { readonly sha512: string; readonly size: number },
): Promise<void> {
  const found = await signed(name);
  if (found?.sha512 === file.sha512 && found.length === file.size) return;
  throw new TrustError('refused', {
    cause: new Error(found ? `${name} is not the signed one` : `${name} is not signed`),
  });
}

function sha512Of(bytes: Uint8Array): string {
  return createHash('sha512').update(bytes).digest('base64');
}

function asProblem(error: TrustError): UpdateProblem {
  const { message, hint } = error.problem;
  return new UpdateProblem(message, hint, { cause: error.cause });
}

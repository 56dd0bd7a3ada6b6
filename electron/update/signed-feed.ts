/**
 * The feed as the release keys have signed it: its file, and every file that it names, must be the signed
 * ones. Metadata lies in `metadata/` beside the feed's file.
 */
import { createHash } from 'node:crypto';
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

/** Rejects with a FeedError, or with an UpdateProblem when what is served is not signed. */
export async function fetchSignedFeed(
  trust: Trust,
  client: HttpClient,
  request: { readonly base: URL; readonly name: string; readonly signal: AbortSignal },
): Promise<FeedContent> {
  const { base, name, signal } = request;
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
    const bytes = (await get(name, feedMaxBytes)) ?? Buffer.alloc(0);
    await mustBeSigned(signed, name, { sha512: sha512Of(bytes), size: bytes.length });
    const content = readFeed(bytes, base);
    for (const file of content.files) await mustBeSigned(signed, file.name, file);
    return content;
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

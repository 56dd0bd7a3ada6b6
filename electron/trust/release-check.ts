/**
 * Whether a release is what the release keys have signed: asked once more outside the app, by metadata
 * that the app has left beside its plan, and by the bytes of the very file that will be installed.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { sha512Of } from '../files/file-hash.ts';
import { readUntrusted } from '../files/untrusted-file.ts';
import { metadataMaxBytes, readSigned, type ServeMetadata } from './signed-metadata.ts';
import { TrustError } from './trust-error.ts';

export interface ReleaseToCheck {
  /** The folder of the metadata that the app has checked by. */
  readonly metadata: string;
  /** The file that will be installed, and the name under which it is signed. */
  readonly file: string;
  readonly signedAs: string;
  readonly version: string;
}

/** A newest file of its kind is kept without its version. */
const withVersion = /^\d+\.(snapshot|targets)\.json$/;

/**
 * Resolves when the release is genuine. Rejects with a TrustError.
 *
 * @param seen the folder of this check's own memory, which the app's check does not write to
 */
export async function checkRelease(
  root: string,
  seen: string,
  { metadata, file, signedAs, version }: ReleaseToCheck,
): Promise<void> {
  const files = await readSigned({ root, folder: seen, serve: serveFrom(metadata) });
  const signed = await files(signedAs);
  if (signed === null) throw refused(`${signedAs} is not signed`);
  if (signed.version !== version) {
    throw refused(`${signedAs} is version ${signed.version ?? 'unknown'}, not ${version}`);
  }
  const { bytes, sha512 } = await sha512Of(file);
  if (bytes !== signed.length || sha512 !== signed.sha512) {
    throw refused(`${file} is not the ${signedAs} that was signed`);
  }
}

function refused(why: string): TrustError {
  return new TrustError('refused', { cause: new Error(why) });
}

function serveFrom(folder: string): ServeMetadata {
  return async (name, maxBytes) => {
    const file = path.join(folder, name.replace(withVersion, '$1.json'));
    return existsSync(file) ? readUntrusted(file, Math.min(maxBytes, metadataMaxBytes)) : null;
  };
}

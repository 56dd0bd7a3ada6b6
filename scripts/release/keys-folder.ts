/** The folder of keys that a release is signed with, and the root that a build trusts. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readKeys } from './keys.ts';
import { publishRoot, signRelease } from './sign.ts';

export interface RootFile {
  readonly version: number;
  readonly json: string;
}

export const rootFile = (keys: string, version: number): string =>
  path.join(keys, `${version}.root.json`);

/** The newest `<version>.root.json` of a folder of keys. */
export function newestRoot(keys: string): RootFile | undefined {
  const versions = readdirSync(keys).flatMap((name) => /^(\d+)\.root\.json$/.exec(name)?.[1] ?? []);
  const version = Math.max(0, ...versions.map(Number));
  if (version === 0) return undefined;
  return { version, json: readFileSync(rootFile(keys, version), 'utf8') };
}

/** Signs every file of `release`, and publishes the newest root beside them. */
export async function signFolder(keys: string, release: string, now: number): Promise<void> {
  const root = newestRoot(keys);
  if (root) await publishRoot(release, root.version, root.json);
  await signRelease(release, { keys: readKeys(keys), now });
}

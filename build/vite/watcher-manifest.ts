/**
 * Writes `manifest.json` into the watcher's folder: the list of what may be staged, each file with
 * its sha256. Staging copies exactly these files and checks them against it.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildIdentity } from './build-id.ts';

/** Raised when a reader of an older shape would misunderstand the file. */
const schema = 1;
const manifestName = 'manifest.json';

/** Hashes every file of `folder` (which is flat) and writes the manifest beside them. */
export function writeWatcherManifest(folder: string, identity: BuildIdentity): void {
  const files: Record<string, string> = {};
  for (const name of readdirSync(folder).sort()) {
    if (name === manifestName) continue;
    files[name] = createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex');
  }
  const manifest = { schema: schema, buildId: identity.buildId, version: identity.version, files };
  writeFileSync(path.join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

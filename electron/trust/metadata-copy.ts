/** Metadata of releases as files; nothing here reads it, so that whoever copies it need not load what does. */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

const kept = /^(?:timestamp|snapshot|targets|\d+\.root)\.json$/;

/** Copies the metadata that a check has left in `from`, so that the same check can be made with `to`. */
export function copyMetadata(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  // Without any, the check outside refuses the release.
  for (const name of existsSync(from) ? readdirSync(from) : []) {
    if (kept.test(name)) copyFileSync(path.join(from, name), path.join(to, name));
  }
}

/**
 * For tests: a bundle that runs the watcher from source, with a small runtime that is this Node; and
 * how what is staged can be removed.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StageSource } from '../staging/staging.ts';

/** @param gateway what is staged beside the watcher; a watcher from source does not run it by itself */
export function createSource(
  folder: string,
  buildId = '0.0.0+dev',
  gateway = '// Not run: the watcher takes the one beside its source.\n',
): StageSource {
  const bundle = path.join(folder, `source-${buildId}`);
  mkdirSync(bundle, { recursive: true });
  const main = pathToFileURL(path.join(import.meta.dirname, '..', 'watcher', 'main.ts'));
  const files: Record<string, string> = {
    'watcher.cjs': `require('node:module').enableCompileCache(); void import(${JSON.stringify(main.href)});\n`,
    'gateway.mjs': gateway,
  };
  const hashes: Record<string, string> = {};
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(path.join(bundle, name), text);
    hashes[name] = createHash('sha256').update(text).digest('hex');
  }
  const manifest = { schema: 1, buildId, version: '0.0.0', files: hashes };
  writeFileSync(path.join(bundle, 'manifest.json'), JSON.stringify(manifest));
  // A hundred megabytes less to copy and hash in every test.
  const runtime = path.join(folder, path.basename(process.execPath));
  // Where a script is no program, it has to be the whole Node.
  if (process.platform === 'win32') copyFileSync(process.execPath, runtime);
  else writeFileSync(runtime, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o700 });
  return { bundle, runtime };
}

/** Staged folders are read-only, and only root may empty such a folder. */
export function makeRemovable(staged: string): void {
  if (!existsSync(staged) || !statSync(staged).isDirectory()) return;
  for (const name of readdirSync(staged)) chmodSync(path.join(staged, name), 0o700);
}

/**
 * What this build is called. The id is baked into every bundle, so that the app, the watcher and
 * the gateway can each name their build, and two builds of one version differ.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Enough of a sha256 that two builds of one version never meet, and short enough to be read out. */
const hashCharacters = 10;

/** Everything that ends up in a bundle. */
const sources = ['electron', 'renderer', 'package-lock.json'];

export interface BuildIdentity {
  /** As in package.json, or HOLDFAST_VERSION when a test build plays another release. */
  readonly version: string;
  /** `<version>+<hash of the sources>`, or HOLDFAST_BUILD_ID. */
  readonly buildId: string;
}

/** Reads the version and derives the build id from the sources' contents; needs no git. */
export function buildIdentity(root: string, env: NodeJS.ProcessEnv = process.env): BuildIdentity {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const version = env.HOLDFAST_VERSION || manifest.version;
  return { version, buildId: env.HOLDFAST_BUILD_ID || `${version}+${hashOfSources(root)}` };
}

function hashOfSources(root: string): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap((name) => filesUnder(root, name)).sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, hashCharacters);
}

function filesUnder(root: string, name: string): string[] {
  const entries = name.includes('.')
    ? [name]
    : readdirSync(path.join(root, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
  return entries.map((entry) => entry.split(path.sep).join('/')).filter(isShipped);
}

function isShipped(file: string): boolean {
  return !/\.test\.tsx?$/.test(file);
}

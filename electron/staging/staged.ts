/**
 * What is staged outside the app: bundles (watcher, gateway, command line, native half) and Node
 * runtimes, each in a folder named by the hash of its content, so that anyone can check what is in
 * it. The build writes the manifest inside a bundle.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { hashFile } from '../files/file-hash.ts';
import { changeMark } from '../files/file-identity.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readUntrusted, readUntrustedJson } from '../files/untrusted-file.ts';

export const manifestFile = 'manifest.json';
/** A manifest lists a handful of files. */
const manifestMaxBytes = 64 * 1024;
/** Bundles and koffi's native half are a few MB; a larger file is not ours. */
const bundleFileMaxBytes = 64 * 1024 * 1024;
/** Hex digits of a content hash in a folder's name: 64 bits, against mix-ups, not against forgery. */
const nameDigits = 16;

const manifestSchema = z.strictObject({
  schema: z.literal(1),
  buildId: z.string().check(z.minLength(1), z.maxLength(128)),
  version: z.string().check(z.minLength(1), z.maxLength(64)),
  /** File name to sha256 in hex; the folder is flat. */
  files: z.record(
    z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)),
    z.string().check(z.regex(/^[a-f0-9]{64}$/)),
  ),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** A staged bundle and the runtime it runs on: absolute paths. */
export interface Stage {
  readonly bundle: string;
  readonly runtime: string;
  readonly buildId: string;
}

/** The bundled Node under another name, so that a program that kills by name does not take it for the app. */
export const runtimeFileName = process.platform === 'win32' ? 'watcher-node.exe' : 'watcher-node';

export const watcherScript = (bundle: string): string => path.join(bundle, 'watcher.cjs');
export const gatewayScript = (bundle: string): string => path.join(bundle, 'gateway.mjs');
export const trustScript = (bundle: string): string => path.join(bundle, 'trust.cjs');
export const commandLineScript = (bundle: string): string => path.join(bundle, 'cli.cjs');
export const frontScript = (bundle: string): string => path.join(bundle, 'front.cjs');
/** Beside the watcher in its bundle, or, where that runs from its source, the source. */
export const stagedOr = (staged: string, ...source: readonly string[]): string =>
  existsSync(staged) ? staged : path.join(...source);

/** Where a bundle with this manifest belongs. */
export function bundleFolder(state: StateFolder, manifest: Manifest): string {
  return path.join(state.staged, `bundle-${manifestHash(manifest)}`);
}

/** Where a runtime of this sha256 (hex) belongs. */
export function runtimeFile(state: StateFolder, sha256: string): string {
  return path.join(state.staged, `runtime-${sha256.slice(0, nameDigits)}`, runtimeFileName);
}

/** Content address of a bundle: independent of how its manifest file is laid out. */
export function manifestHash(manifest: Manifest): string {
  const hash = createHash('sha256').update(`${manifest.buildId}\n${manifest.version}\n`);
  for (const name of Object.keys(manifest.files).sort()) {
    hash.update(`${name} ${manifest.files[name] ?? ''}\n`);
  }
  return hash.digest('hex').slice(0, nameDigits);
}

/** Reads a bundle's manifest. Throws a FileProblem. */
export function readManifest(bundle: string): Manifest {
  return readUntrustedJson(path.join(bundle, manifestFile), manifestSchema, manifestMaxBytes);
}

/**
 * Checks every file of the staged `bundle` against its manifest, and the folder's name against
 * both. Throws a sentence naming the first file that differs.
 */
export function verifyBundle(bundle: string): Manifest {
  const manifest = readManifest(bundle);
  if (path.basename(bundle) !== `bundle-${manifestHash(manifest)}`) {
    throw new Error(`The staged folder ${bundle} does not hold what its name says.`);
  }
  for (const name of readdirSync(bundle)) {
    if (name !== manifestFile && manifest.files[name] === undefined) {
      throw new Error(`The staged folder ${bundle} holds a file that does not belong: ${name}.`);
    }
  }
  for (const [name, expected] of Object.entries(manifest.files)) {
    const bytes = readUntrusted(path.join(bundle, name), bundleFileMaxBytes);
    if (createHash('sha256').update(bytes).digest('hex') !== expected) {
      throw new Error(`The staged file ${path.join(bundle, name)} was changed.`);
    }
  }
  return manifest;
}

/** What `verifyStage` has checked: each file and the mark that it had then. */
export type VerifiedStage = ReadonlyMap<string, string>;

/**
 * Checks a whole stage, before anything is stopped for it. At the moment of the start, `stageUnchanged`
 * checks at no cost that these are still the same files. Throws a sentence.
 */
export async function verifyStage(stage: Stage): Promise<VerifiedStage> {
  const files = [
    ...Object.keys(readManifest(stage.bundle).files).map((name) => path.join(stage.bundle, name)),
    stage.runtime,
  ];
  const marks = new Map(files.map((file) => [file, changeMark(file) ?? '']));
  verifyBundle(stage.bundle);
  await verifyRuntime(stage.runtime);
  stageUnchanged(marks);
  return marks;
}

/** Throws a sentence that names the first file that was changed since. */
export function stageUnchanged(verified: VerifiedStage): void {
  for (const [file, mark] of verified) {
    if (changeMark(file) !== mark) throw new Error(`The staged file ${file} was changed.`);
  }
}

/** Checks the staged runtime against its folder's name. About 0.3 s for 120 MB. Throws a sentence. */
export async function verifyRuntime(file: string): Promise<void> {
  const digest = await hashFile(file);
  if (path.basename(path.dirname(file)) !== `runtime-${digest.slice(0, nameDigits)}`) {
    throw new Error(`The staged runtime ${file} was changed.`);
  }
}

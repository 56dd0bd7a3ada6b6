/**
 * A release that is broken in one chosen way and sound otherwise: checksums, manifest and feed agree
 * with each other, so that nothing but running it can tell.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeLatestYml } from '../fixtures/feed-server.ts';
import { newBuild } from './update-profiles.ts';
import type { UpdateWorld } from './update-world.ts';

export interface Breakage {
  /** The text of the shipped gateway's program, made from that of the real one. */
  readonly gateway?: (real: string) => string;
}

const imageFile = 'Holdfast-x86_64.AppImage';

/**
 * Puts an image on the feed that holds the next version's stage, with `breakage`, and an app that
 * does nothing but exit 1.
 */
export async function offerBrokenRelease(world: UpdateWorld, breakage: Breakage): Promise<void> {
  const feed = join(world.sandbox.folder, 'feed');
  const image = join(feed, imageFile);
  const work = join(world.sandbox.folder, 'broken');
  mkdirSync(work);
  run(image, ['--appimage-extract', 'resources/holdfast-stage/*'], work);
  const root = join(work, 'squashfs-root');
  if (breakage.gateway !== undefined) replaceGateway(root, breakage.gateway);
  const start = join(root, 'AppRun');
  writeFileSync(start, '#!/bin/sh\nexit 1\n');
  chmodSync(start, 0o755);

  const offset = Number(run(image, ['--appimage-offset'], work).trim());
  const packed = join(work, 'image.squashfs');
  run('mksquashfs', [root, packed, '-noI', '-noD', '-noF', '-no-progress', '-quiet'], work);
  const runtime = readFileSync(image).subarray(0, offset);
  rmSync(image);
  writeFileSync(image, Buffer.concat([runtime, readFileSync(packed)]));
  chmodSync(image, 0o755);
  rmSync(work, { recursive: true });
  await writeLatestYml(feed, { version: newBuild.version, file: imageFile });
}

/** @param root the folder that holds the app's `resources` */
export function replaceGateway(root: string, change: (real: string) => string): void {
  const bundle = join(root, 'resources/holdfast-stage/watcher');
  const program = join(bundle, 'gateway.mjs');
  const text = change(readFileSync(program, 'utf8'));
  writeFileSync(program, text);
  const file = join(bundle, 'manifest.json');
  // Written by the build; see watcher-manifest.ts.
  const manifest: { files: Record<string, string> } = JSON.parse(readFileSync(file, 'utf8'));
  manifest.files['gateway.mjs'] = createHash('sha256').update(text).digest('hex');
  writeFileSync(file, JSON.stringify(manifest));
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

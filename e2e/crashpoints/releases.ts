/**
 * Two releases for crash points: the watcher and all that is staged with it, built as for users, and as the app
 * a program without a window (app.ts). An image is a shell script of a few lines, and so is the runtime; both
 * load the hook first. What fails in a release that fails is its gateway or its app.
 */
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createBuilder, type InlineConfig } from 'vite';
import { writeWatcherManifest } from '../../build/vite/watcher-manifest.ts';
import { signFeed, testRoot } from '../fixtures/release-keys.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** What the new release does wrong. */
export type Flaw = 'none' | 'gateway' | 'app' | 'rehearsal';
const flaws: readonly Flaw[] = ['none', 'gateway', 'app', 'rehearsal'];

export interface Release {
  readonly version: string;
  readonly buildId: string;
  readonly image: string;
  /** What is staged from it. */
  readonly stage: string;
}

export interface Releases {
  readonly old: Release;
  readonly next: Readonly<Record<Flaw, Release & { readonly metadata: string }>>;
}

/** Of vite.config.ts: what is staged with a watcher. */
const staged = ['watcher', 'gateway', 'front', 'absence', 'trust', 'cli'];
/** Of this folder. */
const own = ['app', 'hook', 'unpacker'];

/** The gateway of a flawed release fails when it is tried, or only when it counts. */
const gatewayEnds: Readonly<Partial<Record<Flaw, string>>> = {
  gateway: 'process.env.HOLDFAST_REHEARSAL === undefined',
  rehearsal: 'process.env.HOLDFAST_REHEARSAL !== undefined',
};

/** Builds all of them into `folder`; takes some seconds. */
export async function buildReleases(folder: string): Promise<Releases> {
  const old = await build(path.join(folder, 'old'), '1.0.0');
  const whole = await build(path.join(folder, 'none'), '1.1.0');
  const spoilt = flaws.map((flaw) => {
    const release = flaw === 'none' ? whole : spoil(whole, path.join(folder, flaw), flaw);
    return [flaw, release] as const;
  });
  const next = await Promise.all(
    spoilt.map(async ([flaw, release]) => [flaw, { ...release, metadata: await sign(release) }]),
  );
  // All flaws are there.
  return { old, next: Object.fromEntries(next) as Releases['next'] };
}

async function build(folder: string, version: string): Promise<Release> {
  const buildId = `${version}+${path.basename(folder)}`;
  const watcher = path.join(folder, 'stage', 'watcher');
  const environment = (outDir: string) => ({ build: { outDir } });
  // The command line in two pieces, not sixty: each of them is copied, hashed and flushed in every run.
  const codeSplitting = { groups: [{ name: 'all' }] };
  const cli = { build: { outDir: watcher, rolldownOptions: { output: { codeSplitting } } } };
  const config: InlineConfig = {
    configFile: path.join(root, 'vite.config.ts'),
    configLoader: 'native',
    // What the build warns of is said when the app itself is built.
    logLevel: 'error',
    define: {
      __APP_VERSION__: JSON.stringify(version),
      __BUILD_ID__: JSON.stringify(buildId),
      __TRUSTED_ROOT__: JSON.stringify(testRoot()),
      __E2E__: 'false',
    },
    environments: {
      ...Object.fromEntries(staged.map((name) => [name, environment(watcher)])),
      cli,
      ...Object.fromEntries(own.map((name) => [name, ownProgram(name, folder)])),
    },
  };
  const builder = await createBuilder(config);
  for (const name of [...staged, ...own]) {
    const one = builder.environments[name];
    if (!one) throw new Error(`The build knows no environment named ${name}.`);
    await builder.build(one);
  }
  writeWatcherManifest(watcher, { version, buildId });
  return lay(folder, { version, buildId });
}

function ownProgram(name: string, outDir: string) {
  return {
    consumer: 'server' as const,
    keepProcessEnv: true,
    define: { 'process.platform': JSON.stringify(process.platform) },
    resolve: { noExternal: true as const, external: ['electron'] },
    build: {
      target: 'node24',
      outDir,
      emptyOutDir: false,
      minify: false,
      ssr: true,
      emitAssets: true,
      rolldownOptions: {
        input: path.join(import.meta.dirname, `${name}.ts`),
        platform: 'node' as const,
        output: { format: 'es' as const, entryFileNames: `${name}.mjs`, codeSplitting: false },
      },
    },
  };
}

/** The scripts: runtime and image. */
function lay(folder: string, { version, buildId }: Pick<Release, 'version' | 'buildId'>): Release {
  const node = `'${process.execPath}' --import '${path.join(folder, 'hook.mjs')}'`;
  const stage = path.join(folder, 'stage');
  mkdirSync(path.join(stage, 'runtime'), { recursive: true });
  const script = (file: string, lines: readonly string[]): string => {
    writeFileSync(file, ['#!/bin/sh', `# ${buildId}`, ...lines, ''].join('\n'));
    chmodSync(file, 0o755);
    return file;
  };
  script(path.join(stage, 'runtime', 'watcher-node'), [`exec ${node} "$@"`]);
  const image = script(path.join(folder, 'Holdfast.AppImage'), [
    `[ "$1" = --appimage-extract ] && exec ${node} '${path.join(folder, 'unpacker.mjs')}'`,
    `exec ${node} '${path.join(folder, 'app.mjs')}' --image "$0"`,
  ]);
  return { version, buildId, image, stage };
}

/** The same release with a flaw. */
function spoil(whole: Release, folder: string, flaw: Flaw): Release {
  const from = path.dirname(whole.stage);
  cpSync(from, folder, { recursive: true });
  if (flaw === 'app') {
    writeFileSync(path.join(folder, 'app.mjs'), 'process.exit(1);\n');
  }
  const ends = gatewayEnds[flaw];
  if (ends !== undefined) {
    const file = path.join(folder, 'stage', 'watcher', 'gateway.mjs');
    writeFileSync(file, `if (${ends}) process.exit(1);\n${readFileSync(file, 'utf8')}`);
    const { version, buildId } = whole;
    writeWatcherManifest(path.dirname(file), { version, buildId });
  }
  return lay(folder, whole);
}

/** @returns the folder of the metadata */
async function sign({ image, version }: Release): Promise<string> {
  const served = path.join(path.dirname(image), 'served');
  mkdirSync(served);
  cpSync(image, path.join(served, path.basename(image)));
  await signFeed(served, { version });
  return path.join(served, 'metadata');
}

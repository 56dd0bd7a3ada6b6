/**
 * The one build: `vite build --app` turns the sources into everything that runs.
 *
 *   out/renderer/   the window, for Chromium
 *   out/main/       Electron's main process (ES modules; the source of updates is loaded when it is needed)
 *   out/preload/    the bridge (one CommonJS file: a sandboxed preload can't be a module)
 *   out/watcher/    what is staged outside the app: watcher, gateway, front and trust, each one file for
 *                   plain Node, the command line in pieces, koffi's native half, and the manifest of their
 *                   hashes
 *   out/packages.json   which packages have code in them
 *
 * Everything is bundled, so nothing needs node_modules at run time. What runs in Node is not
 * minified: its stack traces are read by people.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type EnvironmentOptions, type Plugin } from 'vite';
import { buildIdentity } from './build/vite/build-id.ts';
import { collectPackages } from './build/vite/bundled-packages.ts';
import { logsStayHere } from './build/vite/logs-stay-here.ts';
import { nativeKoffi } from './build/vite/native-koffi.ts';
import { writeWatcherManifest } from './build/vite/watcher-manifest.ts';

const root = import.meta.dirname;
/** Elsewhere for a second build that is to be compared with the first. */
const out = path.resolve(root, process.env.HOLDFAST_OUT || 'out');
const identity = buildIdentity(root);
const packages = collectPackages();

/** The platform the bundles are for: this one, unless packaging says otherwise. */
const target = process.env.HOLDFAST_TARGET || `${process.platform}-${process.arch}`;
const platform = target.slice(0, target.lastIndexOf('-'));
const systemFolder = platform === 'win32' ? 'windows' : platform;

/** Chromium and Node of the oldest supported Electron (33). */
const oldestChromium = 'chrome130';
const oldestElectronNode = 'node20.18';
/** The runtime that is staged with the watcher. */
const watcherNode = 'node24';

/**
 * Fails the build when a program holds another system's platform, which leads to all of its code. A call
 * or a spread in that file, outside of functions, keeps it.
 */
function ownSystemOnly(): Plugin {
  const others = ['linux', 'darwin', 'windows'].filter((one) => one !== systemFolder);
  return {
    name: 'own-system-only',
    generateBundle(_, bundle) {
      const found = Object.values(bundle)
        .flatMap((one) => (one.type === 'chunk' ? Object.entries(one.modules) : []))
        .filter(([, { renderedLength }]) => renderedLength > 0)
        .find(([id]) =>
          others.some((other) => id.includes(`/electron/process/${other}/platform.ts`)),
        );
      if (found)
        this.error(`${found[0]} is of another system; see ownSystemOnly in vite.config.ts.`);
    },
  };
}

/** Fails the build when the window holds schemas: the app checks what it sends, and they cost each start 10 ms. */
function noSchemasInWindow(): Plugin {
  return {
    name: 'no-schemas-in-window',
    generateBundle(_, bundle) {
      if (this.environment.name !== 'client') return;
      const found = Object.values(bundle)
        .flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []))
        .find((id) => id.includes('/node_modules/zod/'));
      if (found)
        this.error(
          `The window imports ${found}; a file of the contract with a schema leads to it.`,
        );
    },
  };
}

interface NodeProgram {
  readonly entry: string;
  readonly folder: string;
  readonly file: string;
  readonly target: string;
  readonly format: 'es' | 'cjs';
  /** What is imported on demand is a file of its own. */
  readonly pieces?: true;
}

/** Vite names the window `client`: a program of that name would be built in its place. */
const programs: Readonly<Record<string, NodeProgram>> & { readonly client?: never } = {
  main: {
    entry: 'electron/main.ts',
    folder: 'main',
    file: 'main.js',
    target: oldestElectronNode,
    format: 'es',
    pieces: true,
  },
  preload: {
    entry: 'electron/preload.ts',
    folder: 'preload',
    file: 'preload.cjs',
    target: oldestElectronNode,
    format: 'cjs',
  },
  watcher: {
    entry: 'electron/watcher/main.ts',
    folder: 'watcher',
    file: 'watcher.cjs',
    target: watcherNode,
    // Imported, Node's own modules would cost a resident program memory for each name they export.
    format: 'cjs',
  },
  gateway: {
    entry: 'electron/reference-gateway/main.ts',
    folder: 'watcher',
    file: 'gateway.mjs',
    target: watcherNode,
    format: 'es',
  },
  front: {
    entry: 'electron/front/main.ts',
    folder: 'watcher',
    file: 'front.cjs',
    target: watcherNode,
    format: 'cjs',
  },
  absence: {
    entry: 'electron/gateway/absence/client.ts',
    folder: 'watcher',
    file: 'client.mjs',
    target: watcherNode,
    format: 'es',
  },
  trust: {
    entry: 'electron/trust/main.ts',
    folder: 'watcher',
    file: 'trust.cjs',
    target: watcherNode,
    format: 'cjs',
  },
  cli: {
    entry: 'electron/cli/main.ts',
    folder: 'watcher',
    file: 'cli.cjs',
    target: watcherNode,
    // Each of Node's own modules takes a millisecond or more to be imported, and nearly none to be required.
    format: 'cjs',
    pieces: true,
  },
};

/**
 * One Node-side program as a Vite environment: a single file with everything but Electron in it, or pieces. What
 * only other systems run is left out: it would be a tenth of the watcher's file.
 */
function nodeEnvironment(program: NodeProgram): EnvironmentOptions {
  return {
    define: { 'process.platform': JSON.stringify(platform) },
    consumer: 'server',
    keepProcessEnv: true,
    resolve: {
      noExternal: true,
      external: ['electron'],
      conditions: ['node', 'import', 'module', 'default'],
      mainFields: ['module', 'main'],
    },
    build: {
      target: program.target,
      outDir: path.join(out, program.folder),
      emptyOutDir: false,
      minify: false,
      sourcemap: false,
      copyPublicDir: false,
      reportCompressedSize: false,
      ssr: true,
      emitAssets: true,
      rolldownOptions: {
        input: path.join(root, program.entry),
        platform: 'node',
        external: ['electron'],
        output: {
          format: program.format,
          entryFileNames: program.file,
          codeSplitting: program.pieces ?? false,
          chunkFileNames: `${path.parse(program.file).name}-[name]${path.parse(program.file).ext}`,
          comments: false,
          // Laid out for readers of stack traces. In ASCII, or it would take twice the memory.
          minify: {
            compress: false,
            mangle: false,
            codegen: { removeWhitespace: false, asciiOnly: true },
          },
        },
      },
    },
  };
}

export default defineConfig({
  root: path.join(root, 'renderer'),
  base: './',
  clearScreen: false,
  plugins: [
    react(),
    nativeKoffi(target),
    logsStayHere(),
    ownSystemOnly(),
    noSchemasInWindow(),
    packages.plugin,
  ],
  define: {
    __APP_VERSION__: JSON.stringify(identity.version),
    __BUILD_ID__: JSON.stringify(identity.buildId),
    // The root metadata of the release keys (docs/releasing.md); scripts/dist.mjs reads it from a file.
    __TRUSTED_ROOT__: JSON.stringify(process.env.HOLDFAST_TRUSTED_ROOT ?? ''),
    __PUBLISHERS__: JSON.stringify(
      (process.env.HOLDFAST_PUBLISHERS ?? '').split(';').filter(Boolean),
    ),
    __E2E__: JSON.stringify(process.env.HOLDFAST_FLAVOUR === 'e2e'),
  },
  environments: {
    client: {
      build: {
        target: oldestChromium,
        outDir: path.join(out, 'renderer'),
        emptyOutDir: false,
        // A data: URL would need a wider content security policy than the window has.
        assetsInlineLimit: 0,
        reportCompressedSize: false,
        modulePreload: { polyfill: false },
        rolldownOptions: { input: path.join(root, 'renderer/index.html') },
      },
    },
    ...Object.fromEntries(
      Object.entries(programs).map(([name, program]) => [name, nodeEnvironment(program)]),
    ),
  },
  builder: {
    sharedConfigBuild: true,
    async buildApp(builder) {
      rmSync(out, { recursive: true, force: true });
      for (const name of ['client', ...Object.keys(programs)]) {
        const environment = builder.environments[name];
        if (!environment) throw new Error(`The build knows no environment named ${name}.`);
        await builder.build(environment);
      }
      writeWatcherManifest(path.join(out, 'watcher'), identity);
      packages.write(out);
    },
  },
});

/**
 * The one build: `vite build --app` turns the sources into everything that runs.
 *
 *   out/renderer/   the window, for Chromium
 *   out/main/       Electron's main process (one ES module)
 *   out/preload/    the bridge (one CommonJS file: a sandboxed preload can't be a module)
 *   out/watcher/    what is staged outside the app: watcher, gateway and command line, each one
 *                   file for plain Node, koffi's native half, and the manifest of their hashes
 *
 * Everything is bundled, so nothing needs node_modules at run time. What runs in Node is not
 * minified: its stack traces are read by people.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type EnvironmentOptions } from 'vite';
import { buildIdentity } from './build/vite/build-id.ts';
import { nativeKoffi } from './build/vite/native-koffi.ts';
import { writeWatcherManifest } from './build/vite/watcher-manifest.ts';

const root = import.meta.dirname;
const out = path.join(root, 'out');
const identity = buildIdentity(root);

/** The platform the bundles are for: this one, unless packaging says otherwise. */
const target = process.env.HOLDFAST_TARGET || `${process.platform}-${process.arch}`;

/** Chromium and Node of the oldest supported Electron (33). */
const OLDEST_CHROMIUM = 'chrome130';
const OLDEST_ELECTRON_NODE = 'node20.18';
/** The runtime that is staged with the watcher. */
const WATCHER_NODE = 'node24';

interface NodeProgram {
  readonly entry: string;
  readonly folder: string;
  readonly file: string;
  readonly target: string;
  readonly format: 'es' | 'cjs';
}

const PROGRAMS: Readonly<Record<string, NodeProgram>> = {
  main: {
    entry: 'electron/main.ts',
    folder: 'main',
    file: 'main.js',
    target: OLDEST_ELECTRON_NODE,
    format: 'es',
  },
  preload: {
    entry: 'electron/preload.ts',
    folder: 'preload',
    file: 'preload.cjs',
    target: OLDEST_ELECTRON_NODE,
    format: 'cjs',
  },
  watcher: {
    entry: 'electron/watcher/main.ts',
    folder: 'watcher',
    file: 'watcher.cjs',
    target: WATCHER_NODE,
    // Imported, Node's own modules would cost a resident program memory for each name they export.
    format: 'cjs',
  },
  gateway: {
    entry: 'electron/reference-gateway/main.ts',
    folder: 'watcher',
    file: 'gateway.mjs',
    target: WATCHER_NODE,
    format: 'es',
  },
  cli: {
    entry: 'electron/cli/main.ts',
    folder: 'watcher',
    file: 'cli.mjs',
    target: WATCHER_NODE,
    format: 'es',
  },
};

/** One Node-side program as a Vite environment: a single file with everything but Electron in it. */
function nodeEnvironment(program: NodeProgram): EnvironmentOptions {
  return {
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
          codeSplitting: false,
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
  plugins: [react(), nativeKoffi(target)],
  define: {
    __APP_VERSION__: JSON.stringify(identity.version),
    __BUILD_ID__: JSON.stringify(identity.buildId),
    __E2E__: JSON.stringify(process.env.HOLDFAST_FLAVOUR === 'e2e'),
  },
  environments: {
    client: {
      build: {
        target: OLDEST_CHROMIUM,
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
      Object.entries(PROGRAMS).map(([name, program]) => [name, nodeEnvironment(program)]),
    ),
  },
  builder: {
    sharedConfigBuild: true,
    async buildApp(builder) {
      rmSync(out, { recursive: true, force: true });
      for (const name of ['client', ...Object.keys(PROGRAMS)]) {
        const environment = builder.environments[name];
        if (!environment) throw new Error(`The build knows no environment named ${name}.`);
        await builder.build(environment);
      }
      writeWatcherManifest(path.join(out, 'watcher'), identity);
    },
  },
});

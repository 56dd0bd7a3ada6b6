/**
 * Makes `import koffi from 'koffi'` work without node_modules.
 *
 * koffi's own loader looks for its native half through node_modules or a few fixed folders. In a
 * bundle there is neither, so this plug-in replaces that loader by three lines that open
 * `koffi.node` beside the bundle itself, and puts that file there. The same relative path then
 * holds in all three places: a staged folder run by plain Node, `app.asar` (Electron sends the
 * request on to `app.asar.unpacked`), and a plain checkout. What is left out of the loader is only
 * the set of deprecated aliases it adds.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'vite';

const require = createRequire(import.meta.url);
const VIRTUAL_ID = '\0holdfast-native-koffi';

const LOADER = `
import { createRequire } from 'node:module';
const native = createRequire(import.meta.url)('./koffi.node');
export default native;
`;

/**
 * The native file for one platform, from koffi's per-platform package.
 * @param target platform and architecture, such as `linux-x64`
 * @throws when that platform's package is not installed
 */
function nativeFile(target: string): string {
  const packageName = `@koromix/koffi-${target}`;
  let folder: string;
  try {
    folder = path.dirname(require.resolve(`${packageName}/package.json`));
  } catch {
    throw new Error(
      `Cannot build for ${target}: the package ${packageName} is not installed. ` +
        `Install it with: npm install --no-save --force ${packageName}`,
    );
  }
  // The bundled Node and Electron are glibc programs; musl's variant is never the right one.
  return path.join(folder, target.replace('-', '_'), 'koffi.node');
}

/** The plug-in; `target` says whose native half to ship, such as `linux-x64`. */
export function nativeKoffi(target: string): Plugin {
  let used = false;
  return {
    name: 'holdfast:native-koffi',
    enforce: 'pre',
    buildStart() {
      used = false;
    },
    resolveId(source) {
      return source === 'koffi' ? VIRTUAL_ID : null;
    },
    load(id) {
      if (id !== VIRTUAL_ID) return null;
      used = true;
      return { code: LOADER, moduleSideEffects: false };
    },
    generateBundle() {
      if (!used) return;
      this.emitFile({
        type: 'asset',
        fileName: 'koffi.node',
        source: readFileSync(nativeFile(target)),
      });
    },
  };
}

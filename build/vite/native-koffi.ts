/**
 * Puts koffi's native half beside every bundle that asks for it.
 *
 * A bundle has no node_modules; the code opens `koffi.node` beside itself (electron/process/on-demand.ts).
 * The same relative path then holds in all three places: a staged folder run by plain Node,
 * `app.asar` (Electron sends the request on to `app.asar.unpacked`), and a plain checkout.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'vite';

const require = createRequire(import.meta.url);
const file = 'koffi.node';

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
  return path.join(folder, target.replace('-', '_'), file);
}

/** The plug-in; `target` says whose native half to ship, such as `linux-x64`. */
export function nativeKoffi(target: string): Plugin {
  return {
    name: 'holdfast:native-koffi',
    generateBundle(_, bundle) {
      const asked = Object.values(bundle).some(
        (part) => part.type === 'chunk' && part.code.includes(file),
      );
      if (!asked) return;
      this.emitFile({ type: 'asset', fileName: file, source: readFileSync(nativeFile(target)) });
    },
  };
}

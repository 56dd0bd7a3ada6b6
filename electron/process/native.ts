/**
 * The one door to native calls (koffi), opened on first use: loading it costs about 10 ms, and most
 * starts of the command line never need it.
 *
 * A staged or packaged program has no node_modules: there `koffi.node` lies beside the bundle.
 * Koffi's native module carries the whole interface itself, so its JavaScript is not needed.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Koffi from 'koffi';

export type Native = typeof Koffi;

let loaded: Native | undefined;

/** Koffi. Throws a sentence naming the file when the native module is missing or does not fit. */
export function native(): Native {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const beside = join(import.meta.dirname, 'koffi.node');
  const source = existsSync(beside) ? beside : 'koffi';
  try {
    // Node's require is untyped; the shape is koffi's own declaration file.
    loaded = require(source) as Native;
    return loaded;
  } catch (cause) {
    throw new Error(
      `Holdfast could not load its native helper (${source}). Reinstall Holdfast; the file may be damaged or blocked.`,
      { cause },
    );
  }
}

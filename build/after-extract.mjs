/**
 * Runs when electron-builder has unpacked Electron: removes what is not part of the product.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';

/** Electron's sample app, which a missing app.asar would start, and its version file. */
const notOurs = ['resources/default_app.asar', 'version'];

/** @param {{ appOutDir: string }} context electron-builder's */
export default function afterExtract(context) {
  for (const name of notOurs) rmSync(path.join(context.appOutDir, name), { force: true });
}

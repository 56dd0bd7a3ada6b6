/** For tests: app bundles for macOS, and the archive that brings one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { BundleDeps } from '../transaction/app-bundle.ts';
import { layFolder, type StageContent } from './update-plan.ts';

/** The program in a bundle. */
export const programIn = (bundle: string): string =>
  path.join(bundle, 'Contents', 'MacOS', 'Holdfast');

/** A bundle as it is packed: a program, a framework with its links, and what is staged from it. */
export function layBundle(bundle: string, app: string, content: StageContent): void {
  const framework = path.join(bundle, 'Contents', 'Frameworks', 'F.framework');
  for (const folder of [path.dirname(programIn(bundle)), path.join(framework, 'Versions', 'A')]) {
    mkdirSync(folder, { recursive: true });
  }
  symlinkSync('A', path.join(framework, 'Versions', 'Current'));
  layFolder(programIn(bundle), app, content);
}

/** Packs `bundle` into `archive`: tar stands in for zip, which Linux need not have. */
export function packBundle(bundle: string, archive: string): void {
  execFileSync('tar', ['-cf', archive, '-C', path.dirname(bundle), path.basename(bundle)]);
}

/** In place of ditto and codesign. */
export const bundleTools: Pick<BundleDeps, 'unpack' | 'verify'> = {
  async unpack(archive, folder) {
    execFileSync('tar', ['-xf', archive, '-C', folder], { stdio: 'ignore' });
  },
  async verify() {},
};

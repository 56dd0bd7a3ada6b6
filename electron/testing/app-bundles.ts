/** For tests: app bundles for macOS, and the archive that brings one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileMark } from '../files/file-identity.ts';
import type { StateFolder } from '../files/state-folder.ts';
import type { BundleTools } from '../transaction/app-bundle.ts';
import type { BundleInstall } from '../transaction/plan.ts';
import { layFolder, type StageContent, sha512OfFile } from './update-plan.ts';

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
export const bundleTools: BundleTools = {
  async unpack(archive, folder) {
    execFileSync('tar', ['-xf', archive, '-C', folder], { stdio: 'ignore' });
  },
  async verify() {},
};

/** The zip of an attempt, as the app prepares it, to replace the bundle of `appFile`. */
export function layZip(
  state: StateFolder,
  attempt: string,
  appFile: string,
  bundle: string,
): BundleInstall {
  const { folder } = state.attempt(attempt);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const zipFile = path.join(folder, 'new.zip');
  packBundle(bundle, zipFile);
  const zipSha512 = sha512OfFile(zipFile);
  return { kind: 'bundle', appFile, fileMark: fileMark(appFile) ?? '', zipFile, zipSha512 };
}

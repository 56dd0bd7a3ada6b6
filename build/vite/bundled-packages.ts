/**
 * Writes `packages.json` beside the bundles: which packages have code in them. Everything is bundled, so neither
 * package.json nor node_modules says what ships; the bill of materials of a release does (scripts/release/sbom.ts).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, as its package.json has it; '' when it has none. */
  readonly license: string;
}

export const packagesFile = 'packages.json';

export interface PackageCollector {
  readonly plugin: Plugin;
  /** In the order of their names. */
  write(folder: string): void;
}

export function collectPackages(): PackageCollector {
  const folders = new Set<string>();
  return {
    plugin: {
      name: 'holdfast:bundled-packages',
      generateBundle(_, bundle) {
        const modules = Object.values(bundle).flatMap((part) =>
          part.type === 'chunk' ? Object.entries(part.modules) : [],
        );
        const used = modules.filter(([, { renderedLength }]) => renderedLength > 0);
        for (const [id] of used) {
          const folder = packageFolder(id);
          if (folder !== undefined) folders.add(folder);
        }
      },
    },
    write(folder) {
      const found = new Map(
        [...folders].map(packageIn).map((one) => [`${one.name}@${one.version}`, one]),
      );
      const sorted = [...found.keys()].sort().map((key) => found.get(key));
      writeFileSync(path.join(folder, packagesFile), `${JSON.stringify(sorted, null, 2)}\n`);
    },
  };
}

/** The folder of the package that a module belongs to; undefined for one of ours. */
function packageFolder(id: string): string | undefined {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/
    .exec(id)?.[0]
    .replace(/^\0/, '');
}

/** What the package of `folder` says of itself. */
export function packageIn(folder: string): BundledPackage {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const { name, version, license = '' } = manifest;
  return { name, version, license };
}

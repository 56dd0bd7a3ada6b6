/**
 * The private copy of the tree that mutants are made in, and beside it the folder that its tests
 * see as the temporary one.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const onWindows = process.platform === 'win32';
/** What the unit tests read. Build results are not among it: mutants are made in the sources. */
const copied = onWindows
  ? ['electron', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'vitest.windows.config.ts']
  : [
      ...['electron', 'renderer', 'e2e', 'build', 'scripts'],
      ...['package.json', 'tsconfig.json', 'vitest.config.ts'],
    ];

export interface Place {
  readonly tree: string;
  readonly temporary: string;
  /** The test runner's program. */
  readonly vitest: string;
  remove(): void;
}

/**
 * Makes the copy. On Windows it lies inside the project, where packages are found by looking
 * upwards: links need a right there that users do not have.
 */
export function openPlace(): Place {
  const results = join(root, 'test-results');
  if (onWindows) mkdirSync(results, { recursive: true });
  // Short, because a socket's path below it must fit into 107 bytes.
  const folder = mkdtempSync(join(onWindows ? results : tmpdir(), 'hm-'));
  const tree = join(folder, 'tree');
  const temporary = onWindows ? mkdtempSync(join(tmpdir(), 'hm-')) : join(folder, 't');
  mkdirSync(temporary, { mode: 0o700, recursive: true });
  for (const entry of copied) cpSync(join(root, entry), join(tree, entry), { recursive: true });
  if (!onWindows) linkModules(tree);
  return {
    tree,
    temporary,
    vitest: join(onWindows ? root : tree, 'node_modules/vitest/vitest.mjs'),
    remove: () => {
      for (const one of [temporary, folder])
        rmSync(one, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** The tree's packages, in a new folder, because the test runner writes beside them. */
function linkModules(tree: string): void {
  const modules = join(tree, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    // Caches of the real tree: what is known about its files is wrong for these.
    if (name.startsWith('.')) continue;
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
}

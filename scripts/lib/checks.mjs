/**
 * The checks that need no run of the product: types, form, and the direction of imports.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { runTool } from './run.mjs';
import { Problem } from './say.mjs';

/** A file that is longer does more than one thing. */
const LONGEST_FILE = 400;
const SOURCES = ['electron', 'renderer', 'e2e', 'bench', 'build', 'scripts'];

/** @param {string} name @param {readonly string[]} args */
async function mustPass(name, args) {
  if ((await runTool(name, args)) !== 0) throw new Problem(`${name} found something; see above.`);
}

/** Throws, naming them, when source files are too long. */
function checkLengths() {
  const long = SOURCES.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }),
  )
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs|css|c)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > LONGEST_FILE);
  if (long.length === 0) return;
  const list = long.map(({ file, lines }) => `  ${path.relative(root, file)}: ${lines}`).join('\n');
  throw new Problem(`These files pass ${LONGEST_FILE} lines; split them by meaning:\n${list}`);
}

/** @type {readonly import('./stages.mjs').Stage[]} */
export const checks = [
  { name: 'typecheck', run: () => mustPass('tsc', ['--noEmit', '-p', 'tsconfig.json']) },
  {
    name: 'lint',
    run: async () => {
      await mustPass('biome', ['check', '--error-on-warnings', '.']);
      await mustPass('depcruise', ['--config', '.dependency-cruiser.mjs', 'electron', 'renderer']);
      checkLengths();
    },
  },
];

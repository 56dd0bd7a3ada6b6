/**
 * The checks that need no run of the product: types, form, and the direction of imports.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { runTool } from './run.mjs';
import { Problem } from './say.mjs';

/** A file that is longer does more than one thing. */
const longestFile = 400;
const sources = ['electron', 'renderer', 'e2e', 'bench', 'build', 'scripts'];

/** @param {string} name @param {readonly string[]} args */
async function mustPass(name, args) {
  if ((await runTool(name, args)) !== 0) throw new Problem(`${name} found something; see above.`);
}

/** Throws, naming them, when source files are too long. */
function checkLengths() {
  const long = sources
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }),
    )
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs|css|c)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > longestFile);
  if (long.length === 0) return;
  const list = long.map(({ file, lines }) => `  ${path.relative(root, file)}: ${lines}`).join('\n');
  throw new Problem(`These files pass ${longestFile} lines; split them by meaning:\n${list}`);
}

/** Throws, naming them, when a component of the window has words of its own. */
async function checkWords() {
  // Only now: the parser is there once the packages are installed.
  const { literalWords } = await import('./literal-words.mjs');
  const window = path.join(root, 'renderer');
  const found = readdirSync(window, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test)\.tsx$/.test(file) && !/^(gallery|test)./.test(file))
    .flatMap((file) =>
      literalWords(file, readFileSync(path.join(window, file), 'utf8')).map(
        ({ line, words }) => `  renderer/${file}:${line}: ${words}`,
      ),
    );
  if (found.length === 0) return;
  throw new Problem(`These words belong to electron/words, in each language:\n${found.join('\n')}`);
}

/** `room: verb …`: what a list of commits shows of one. */
const subjectForm = /^[a-z0-9][a-z0-9 ,.-]*: \S.*$/;
const maxSubjectLength = 72;
/** Older commits are as they are. */
const commitsChecked = 20;

/** Throws, naming them, when the last commits have subjects of another form. */
function checkSubjects() {
  const log = spawnSync('git', ['log', '--no-merges', '--format=%s', `-${commitsChecked}`], {
    cwd: root,
    encoding: 'utf8',
  });
  // A copy of the tree has no history.
  if (log.status !== 0) return;
  const bad = log.stdout
    .split('\n')
    .filter((line) => line && (line.length > maxSubjectLength || !subjectForm.test(line)));
  if (bad.length === 0) return;
  throw new Problem(
    `These commits are not named "room: verb …" in ${maxSubjectLength} characters:\n  ${bad.join('\n  ')}`,
  );
}

/** @type {readonly import('./stages.mjs').Stage[]} */
export const checks = [
  { name: 'typecheck', run: () => mustPass('tsc', ['--noEmit', '-p', 'tsconfig.json']) },
  {
    name: 'lint',
    run: async () => {
      await mustPass('biome', ['check', '--error-on-warnings', '.']);
      await mustPass('depcruise', ['--config', '.dependency-cruiser.mjs', 'electron', 'renderer']);
      await mustPass('knip', ['--no-progress', '--no-config-hints']);
      checkLengths();
      checkSubjects();
      await checkWords();
    },
  },
];

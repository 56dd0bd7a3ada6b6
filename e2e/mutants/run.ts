/**
 * Breaks the code on purpose, one named mutant at a time, and demands that an executed test turns
 * red. A mutant that survives means that a promise is guarded by nothing.
 *
 * Each mutant is applied to a private copy of the tree; its test is first seen green there without
 * the mutant, so that a test that is red anyway cannot pass for a guard.
 *
 *   node e2e/mutants/run.ts [name …]
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, mutants } from './mutants.ts';

const root = join(import.meta.dirname, '../..');
const COPIED = ['electron', 'e2e', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'build'];

function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-mutant-'));
  for (const entry of COPIED) cpSync(join(root, entry), join(copy, entry), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** True when the mutant's test passes in `tree`. */
function testPasses(tree: string, mutant: Mutant): Promise<{ green: boolean; output: string }> {
  return new Promise((resolve, reject) => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const args = ['run', mutant.test.file, '--reporter=dot', '--no-color'];
    if (mutant.test.name) args.push('-t', mutant.test.name);
    const child = spawn(process.execPath, [vitest, ...args], { cwd: tree });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      // vitest is content with zero tests of a name; a guard that does not run guards nothing.
      const ran = /Tests\s+.*\d+ (?:passed|failed)/.test(output);
      if (!ran) reject(new Error(`${mutant.name}: its test did not run.\n${output.slice(-2000)}`));
      else resolve({ green: code === 0, output });
    });
  });
}

function apply(tree: string, mutant: Mutant): () => void {
  const file = join(tree, mutant.file);
  const text = readFileSync(file, 'utf8');
  const places = text.split(mutant.find).length - 1;
  if (places !== 1) {
    throw new Error(
      `${mutant.name}: its text stands ${places} times in ${mutant.file}, not once. ` +
        'The code has moved on: bring the mutant after it.',
    );
  }
  writeFileSync(
    file,
    text.replace(mutant.find, () => mutant.replace),
  );
  return () => writeFileSync(file, text);
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const chosen = mutants.filter((mutant) => wanted.length === 0 || wanted.includes(mutant.name));
  if (chosen.length === 0) throw new Error(`No mutant is called ${wanted.join(', ')}.`);
  const tree = copyTree();
  let failed = 0;
  try {
    for (const mutant of chosen) {
      const before = await testPasses(tree, mutant);
      const undo = apply(tree, mutant);
      const after = await testPasses(tree, mutant);
      undo();
      const verdict = !before.green
        ? `NOT A GUARD: red without the mutant\n${before.output.slice(-3000)}`
        : after.green
          ? 'SURVIVED'
          : 'killed';
      if (verdict !== 'killed') failed++;
      console.log(`${mutant.name}: ${verdict} (${mutant.test.file})`);
    }
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

await main();

/**
 * `node scripts/wine.mjs [--display :99] [--env NAME=value]... [--bind /folder=name]... <program> [args]`:
 * runs a Windows program under Wine. `node.exe` is the pinned Node for Windows; other programs are
 * named by their path here (a file of the project or of the cache) or on Windows.
 *
 *   node scripts/wine.mjs node.exe some.ts
 *   node scripts/wine.mjs cmd /c ver
 *
 * Windows sees the project as Z:\holdfast, the cache as Z:\cache, and more folders as `--bind` says.
 */
import { parseArgs } from 'node:util';
import { ensureInstalled } from './lib/install.mjs';
import { Problem, runScript } from './lib/say.mjs';
import { runInWine } from './lib/wine.mjs';

/** @param {readonly string[]} words @returns {Record<string, string>} */
const pairs = (words) =>
  Object.fromEntries(words.map((word) => [word.split('=')[0], word.slice(word.indexOf('=') + 1)]));

await runScript(async () => {
  const words = process.argv.slice(2);
  const takesValue = new Set(['--display', '--env', '--bind']);
  let at = 0;
  while (takesValue.has(words[at] ?? '')) at += 2;
  const { values } = parseArgs({
    args: words.slice(0, at),
    options: {
      display: { type: 'string' },
      env: { type: 'string', multiple: true, default: [] },
      bind: { type: 'string', multiple: true, default: [] },
    },
  });
  const [command, ...args] = words.slice(at);
  if (!command) throw new Problem('Say what to run, such as: node scripts/wine.mjs node.exe x.ts');
  await ensureInstalled();
  return runInWine({
    command,
    args,
    env: pairs(values.env),
    binds: pairs(values.bind),
    ...(values.display && { display: values.display }),
  });
});

/**
 * `node scripts/tool.mjs <tool> args`: runs one of the project's tools, installing it first.
 */
import { ensureInstalled } from './lib/install.mjs';
import { runTool } from './lib/run.mjs';
import { Problem, runScript } from './lib/say.mjs';

await runScript(async () => {
  const [tool, ...args] = process.argv.slice(2);
  if (!tool) throw new Problem('Say which tool to run, such as: node scripts/tool.mjs tsc');
  await ensureInstalled();
  return runTool(tool, args);
});

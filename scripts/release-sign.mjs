/** `npm run release:sign`: the signing tool (scripts/release/main.ts) on the pinned Node. */
import path from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { bundledNode, root } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { runScript } from './lib/say.mjs';

await runScript(async () => {
  await ensureInstalled();
  const program = path.join(root, 'scripts', 'release', 'main.ts');
  return run(bundledNode, [program, ...process.argv.slice(2)], { cwd: process.cwd() });
});

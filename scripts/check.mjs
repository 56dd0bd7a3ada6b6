/**
 * `npm run check`: types and lint, without building or running anything.
 */
import { checks } from './lib/checks.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { runScript } from './lib/say.mjs';
import { runStages } from './lib/stages.mjs';

/** Given a stage's name, only that one. */
const only = process.argv[2];

await runScript(async () => {
  await ensureInstalled();
  return runStages('check', only ? checks.filter((stage) => stage.name === only) : checks);
});

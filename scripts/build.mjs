/**
 * `npm run build`: turns the sources into `out/` (see vite.config.ts).
 */
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { runScript } from './lib/say.mjs';

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
});

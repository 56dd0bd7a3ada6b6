/**
 * `node scripts/with-test-environment.mjs -- command args`: runs any command where the tests run.
 */

import { resolveElectron } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { Problem, runScript, say } from './lib/say.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { inTestEnvironment } from './lib/test-environment.mjs';

await runScript(async () => {
  const words = process.argv.slice(process.argv[2] === '--' ? 3 : 2);
  if (words.length === 0)
    throw new Problem('Say what to run: with-test-environment.mjs -- command');
  await ensureInstalled();
  await ensureSystemPackages(['electron', 'tests']);
  const electron = await resolveElectron();
  const { code, left } = await inTestEnvironment({
    command: words,
    env: { HOLDFAST_ELECTRON: electron.executable },
  });
  for (const line of left) say(`left behind, and ended: ${line}`);
  return code;
});

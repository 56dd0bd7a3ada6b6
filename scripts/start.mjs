/**
 * `npm start`: from a bare clone to a running app, with nothing but Node 20.
 */
import { ensureBuilt } from './lib/build.mjs';
import { resolveElectron } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { launchApp } from './lib/launch.mjs';
import { runScript } from './lib/say.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';

await runScript(async () => {
  await ensureInstalled();
  const headless = !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  await ensureSystemPackages(headless ? ['electron', 'tests'] : ['electron']);
  const electron = await resolveElectron();
  await ensureBuilt();
  return launchApp(electron.executable, process.argv.slice(2));
});

/**
 * `npm run dev`: runs the app and restarts it whenever a source has changed and builds.
 *
 *   start ─► running ─ a source changed ─► build ─ good ─► end the app ─► start
 *               ▲                            └─ bad: say so, keep the running one
 *               └────────────────────────────────┘
 *
 * Gateways outlive the app, so a restart of the window costs them nothing.
 */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureDisplay } from './lib/display.mjs';
import { resolveElectron } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { isRoot, root, toolEnvironment } from './lib/paths.mjs';
import { runScript, say } from './lib/say.mjs';

/** An editor writes a file in several steps. */
const settleMs = 150;

await runScript(async () => {
  await ensureInstalled();
  const electron = await resolveElectron();
  await ensureBuilt();
  const display = await ensureDisplay([], toolEnvironment());
  const args = [...(isRoot ? ['--no-sandbox'] : []), root, ...process.argv.slice(2)];
  const start = () =>
    spawn(electron.executable, args, { stdio: 'inherit', env: toolEnvironment(display.env) });

  let app = start();
  let restarting = false;
  /** @type {NodeJS.Timeout | undefined} */
  let settle;
  const rebuild = async () => {
    try {
      await ensureBuilt();
    } catch (error) {
      return say(error instanceof Error ? error.message : String(error));
    }
    restarting = true;
    app.once('exit', () => {
      restarting = false;
      app = start();
      app.once('exit', leave);
    });
    app.kill();
  };
  const watchers = ['electron', 'renderer'].map((folder) =>
    watch(path.join(root, folder), { recursive: true }, () => {
      clearTimeout(settle);
      settle = setTimeout(rebuild, settleMs);
    }),
  );
  const leave = () => {
    if (restarting) return;
    for (const watcher of watchers) watcher.close();
    display.stop();
  };
  app.once('exit', leave);
});

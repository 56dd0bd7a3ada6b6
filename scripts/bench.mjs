/**
 * `npm run bench:<name>`: runs `bench/<name>.ts` on the pinned Node where the tests run; one that is
 * for Windows under Wine, elsewhere than there.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { resolveElectron } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ensurePackedReleases } from './lib/packed-images.mjs';
import { bundledNode, root } from './lib/paths.mjs';
import { ensurePeers, ensureSocketActivate } from './lib/peers.mjs';
import { Problem, runScript, say } from './lib/say.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { inTestEnvironment } from './lib/test-environment.mjs';
import { packagingTools } from './lib/toolchain.mjs';
import { runInWine } from './lib/wine.mjs';

await runScript(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const program = path.join('bench', `${name}.ts`);
  if (!existsSync(path.join(root, program))) throw new Problem(`There is no benchmark ${program}.`);
  await ensureInstalled();
  if (name.endsWith('-windows') && process.platform !== 'win32') {
    return runInWine({ command: 'node.exe', args: [program, ...args] });
  }
  await ensureSystemPackages(['electron', 'tests', 'packaging']);
  const electron = await resolveElectron();
  const images = name === 'update' ? await packedReleases() : {};
  const peers = await peersFor(name);
  if (name !== 'update') await ensureBuilt();
  const { code, left } = await inTestEnvironment({
    command: [bundledNode, program, ...args],
    env: { ...images, ...peers, HOLDFAST_ELECTRON: electron.executable },
  });
  for (const line of left) say(`the benchmark left this process behind: ${line}`);
  return code || (left.length > 0 ? 1 : 0);
});

/** Two releases, and what packs another one. */
async function packedReleases() {
  const { APPIMAGE_TOOLS_PATH = '' } = await packagingTools({ fast: true });
  return { ...(await ensurePackedReleases()), HOLDFAST_APPIMAGE_TOOLS: APPIMAGE_TOOLS_PATH };
}

/** Other programs that a benchmark compares with, for its environment. @param {string} name */
async function peersFor(name) {
  if (name === 'supervisors') return { HOLDFAST_PEERS: await ensurePeers() };
  if (name === 'listen') return { HOLDFAST_SOCKET_ACTIVATE: await ensureSocketActivate() };
  return {};
}

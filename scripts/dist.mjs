/**
 * Packs the app.
 *
 *   npm run dist                 what users get, for this platform, in dist/
 *   npm run pack                 the same, unpacked
 *   npm run dist:e2e             the flavour that end-to-end tests run
 *
 *   --targets AppImage,deb       instead of electron-builder.yml's
 *   --flavour e2e                with the tests' doors in it, and squeezed less
 *   --app-version 1.0.1          plays another release
 *   --build-id 1.0.1+b           plays another build
 *   --out dist/next              where the results go
 *   --feed https://.../          where the app will look for updates
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './lib/build.mjs';
import { resolveElectron } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { bundledNode, root, toolEnvironment, toolPath } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { Problem, runScript, say } from './lib/say.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { packagingTools } from './lib/toolchain.mjs';

const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: '' },
    flavour: { type: 'string', default: 'release' },
    'app-version': { type: 'string' },
    'build-id': { type: 'string' },
    out: { type: 'string', default: 'dist' },
    feed: { type: 'string', default: process.env.HOLDFAST_FEED_URL ?? '' },
  },
});

/** electron-builder's words for the platforms. */
const PLATFORM = { linux: '--linux', win32: '--win', darwin: '--mac' };

/**
 * What this run adds to electron-builder.yml.
 * @param {import('./lib/electron-runtime.mjs').Electron} electron
 * @param {string} out
 * @returns {string[]}
 */
function overrides(electron, out) {
  const settings = {
    electronDist: electron.folder,
    electronVersion: electron.version,
    'directories.output': out,
    'extraMetadata.version': values['app-version'],
    'publish.url': values.feed || undefined,
    // Tests drive the app from outside; the shipped one keeps these doors shut.
    'deb.compression': values.flavour === 'e2e' ? 'gz' : undefined, // xz takes minutes
    'electronFuses.enableNodeCliInspectArguments': values.flavour === 'e2e' ? 'true' : undefined,
  };
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `-c.${name}=${value}`);
}

await runScript(async () => {
  if (values.flavour !== 'e2e' && values.flavour !== 'release') {
    throw new Problem(`There is no flavour ${values.flavour}; say e2e or release.`);
  }
  const platform = PLATFORM[/** @type {keyof typeof PLATFORM} */ (process.platform)];
  if (!platform) throw new Problem(`Holdfast is not packed on ${process.platform}.`);
  await ensureInstalled();
  await ensureSystemPackages(['electron', 'packaging']);
  const electron = await resolveElectron();
  const tools = await packagingTools({ fast: values.flavour === 'e2e' });
  await ensureBuilt({
    HOLDFAST_FLAVOUR: values.flavour,
    HOLDFAST_VERSION: values['app-version'] ?? '',
    HOLDFAST_BUILD_ID: values['build-id'] ?? '',
  });
  const out = path.resolve(root, values.out);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const targets = values.targets.split(',').filter(Boolean);
  const args = [platform, ...targets, '--publish', 'never', ...overrides(electron, out)];
  const code = await run(bundledNode, [toolPath('electron-builder'), ...args], {
    env: toolEnvironment({ ...tools, CSC_IDENTITY_AUTO_DISCOVERY: 'false' }),
  });
  if (code !== 0) throw new Problem('electron-builder failed; its message is above.');
  say(`packed into ${out}`);
});

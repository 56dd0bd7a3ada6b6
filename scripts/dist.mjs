/**
 * Packs the app.
 *
 *   npm run dist                 what users get, for this platform, in dist/
 *   npm run pack                 the same, unpacked
 *   npm run dist:e2e             the flavour that end-to-end tests run
 *
 *   --win                        for Windows, on Debian too: Setup.exe, latest.yml and blockmap
 *   --targets AppImage,deb       instead of electron-builder.yml's
 *   --flavour e2e                with the tests' doors in it, and squeezed less
 *   --app-version 1.0.1          plays another release
 *   --build-id 1.0.1+b           plays another build
 *   --out dist/next              where the results go
 *   --feed https://.../          where the app will look for updates
 *   --root keys/1.root.json      whose releases it will take (docs/releasing.md); without it, none
 *
 * The environment names the certificates (lib/mac-signing.mjs, lib/windows-signing.mjs).
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ensureBuilt } from './lib/build.mjs';
import { resolveElectron } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { macSigning } from './lib/mac-signing.mjs';
import { nsisTools } from './lib/nsis-toolchain.mjs';
import { bundledNode, root, toolEnvironment, toolPath } from './lib/paths.mjs';
import { mustRun, run } from './lib/run.mjs';
import { Problem, runScript, say } from './lib/say.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { packagingTools } from './lib/toolchain.mjs';
import { windowsSigning } from './lib/windows-signing.mjs';
import { linkWindowsNatives } from './lib/wine-natives.mjs';

const { values } = parseArgs({
  options: {
    win: { type: 'boolean', default: process.platform === 'win32' },
    targets: { type: 'string', default: '' },
    flavour: { type: 'string', default: 'release' },
    'app-version': { type: 'string' },
    'build-id': { type: 'string' },
    out: { type: 'string', default: 'dist' },
    root: { type: 'string', default: '' },
    feed: { type: 'string', default: process.env.HOLDFAST_FEED_URL ?? '' },
  },
});

/** electron-builder's words for the platforms. */
const packedFor = { linux: '--linux', win32: '--win', darwin: '--mac' };

/** Elsewhere the release keys sign what is published (docs/releasing.md). */
const unsigned = { settings: {}, environment: { CSC_IDENTITY_AUTO_DISCOVERY: 'false' }, said: '' };

/** The platform that the package is for, in Node's words. */
const platform = values.win ? 'win32' : process.platform;
const target = `${platform}-${values.win ? 'x64' : process.arch}`;

/** @param {Readonly<Record<string, string | undefined>>} env */
function signingFor(env) {
  if (platform === 'darwin') return macSigning(env);
  return platform === 'win32' ? windowsSigning(env, process.platform) : unsigned;
}

/**
 * What this run adds to electron-builder.yml.
 * @param {import('./lib/electron-runtime.mjs').Electron} electron
 * @param {string} out
 * @param {Record<string, string>} signing
 * @returns {string[]}
 */
function overrides(electron, out, signing) {
  const settings = {
    electronDist: electron.folder,
    electronVersion: electron.version,
    'directories.output': out,
    'extraMetadata.version': values['app-version'],
    'publish.url': values.feed || undefined,
    // Tests drive the app from outside; the shipped one keeps these doors shut.
    'deb.compression': values.flavour === 'e2e' ? 'gz' : undefined, // xz takes minutes
    'electronFuses.enableNodeCliInspectArguments': values.flavour === 'e2e' ? 'true' : undefined,
    ...signing,
  };
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `-c.${name}=${value}`);
}

/** @param {{ fast: boolean }} options */
async function toolsFor(options) {
  if (platform === 'win32' && process.platform === 'linux') {
    await ensureSystemPackages(['windowsPackaging']);
    return nsisTools(options);
  }
  await ensureSystemPackages(['electron', 'packaging']);
  return packagingTools(options);
}

/** As manual pages are installed. */
function manualPage() {
  return gzipSync(readFileSync(path.join(root, 'docs', 'holdfast.1')), { level: 9 });
}

await runScript(async () => {
  if (values.flavour !== 'e2e' && values.flavour !== 'release') {
    throw new Problem(`There is no flavour ${values.flavour}; say e2e or release.`);
  }
  const option = packedFor[/** @type {keyof typeof packedFor} */ (platform)];
  if (!option) throw new Problem(`Holdfast is not packed on ${process.platform}.`);
  if (platform !== process.platform && process.platform !== 'linux') {
    throw new Problem(
      `A Windows installer is made on Windows or Linux, not on ${process.platform}.`,
    );
  }
  await ensureInstalled();
  const tools = await toolsFor({ fast: values.flavour === 'e2e' });
  const electron = await resolveElectron(target);
  if (platform === 'win32' && process.platform !== 'win32') await linkWindowsNatives();
  await ensureBuilt({
    HOLDFAST_TARGET: platform === process.platform ? '' : target,
    HOLDFAST_FLAVOUR: values.flavour,
    HOLDFAST_VERSION: values['app-version'] ?? '',
    HOLDFAST_BUILD_ID: values['build-id'] ?? '',
    HOLDFAST_TRUSTED_ROOT: values.root && readFileSync(values.root, 'utf8'),
  });
  writeFileSync(path.join(root, 'out', 'holdfast.1.gz'), manualPage());
  const out = path.resolve(root, values.out);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const targets = values.targets.split(',').filter(Boolean);
  const signing = signingFor(process.env);
  const args = [option, ...targets, '--publish', 'never'];
  args.push(...overrides(electron, out, signing.settings));
  const code = await run(bundledNode, [toolPath('electron-builder'), ...args], {
    env: toolEnvironment({ ...tools, ...signing.environment }),
  });
  if (code !== 0) throw new Problem('electron-builder failed; its message is above.');
  if (signing.said !== '') say(signing.said);
  await mustRun(bundledNode, [path.join(root, 'scripts', 'release', 'plain-block-map.ts'), out]);
  say(`packed into ${out}`);
});

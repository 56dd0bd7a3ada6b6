/**
 * Makes a release in one go: builds it, packs it, writes its bill of materials, signs everything, and leaves a
 * folder that any static web server can serve (docs/releasing.md).
 *
 *   npm run release -- --version 1.2.0 --keys keys --feed https://updates.example/
 *
 *   --channel beta               beside the stable one, for those who want it early
 *   --out release                the folder that is served; what is there of other releases stays
 *   --targets AppImage,deb       instead of electron-builder.yml's
 *   --win                        for Windows, on Debian too
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { commitDate } from './lib/commit-date.mjs';
import { resolveElectron } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { bundledNode, root } from './lib/paths.mjs';
import { mustRun } from './lib/run.mjs';
import { Problem, runScript, say } from './lib/say.mjs';

const { values } = parseArgs({
  options: {
    version: { type: 'string', default: '' },
    channel: { type: 'string', default: 'stable' },
    keys: { type: 'string', default: '' },
    feed: { type: 'string', default: '' },
    out: { type: 'string', default: 'release' },
    targets: { type: 'string', default: '' },
    win: { type: 'boolean', default: process.platform === 'win32' },
  },
});

/** As semantic versioning writes them; electron-builder refuses others only after minutes. */
const isVersion = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** The root that is built in: the newest of the keys' folder. */
function trustedRoot() {
  const versions = readdirSync(values.keys).flatMap(
    (name) => /^(\d+)\.root\.json$/.exec(name)?.[1] ?? [],
  );
  if (versions.length === 0) {
    throw new Problem(
      `${values.keys} holds no root. Make keys first: npm run release:sign -- keys --keys <new folder>`,
    );
  }
  return path.resolve(values.keys, `${Math.max(...versions.map(Number))}.root.json`);
}

await runScript(async () => {
  const { version, channel, feed } = values;
  if (!isVersion.test(version)) throw new Problem('Say which version it is: --version 1.2.0');
  if (values.keys === '') throw new Problem('Say where the keys lie: --keys <folder>');
  if (!URL.canParse(feed))
    throw new Problem('Say where copies will look for updates: --feed https://…');
  if (channel === 'beta' && !version.includes('-')) {
    throw new Problem(`${version} is no beta version: say --version ${version}-beta.1`);
  }
  await ensureInstalled();
  const trusted = trustedRoot();
  const date = await commitDate();
  const packed = path.join(root, 'dist', 'release');
  const release = path.resolve(values.out);
  const packing = ['--app-version', version, '--feed', feed, '--root', trusted, '--out', packed];
  if (values.targets) packing.push('--targets', values.targets);
  if (values.win) packing.push('--win');
  await mustRun(bundledNode, [path.join(root, 'scripts', 'dist.mjs'), ...packing], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(date.getTime() / 1_000) },
  });
  const target = values.win ? 'win32-x64' : `${process.platform}-${process.arch}`;
  const electron = await resolveElectron(target);
  mkdirSync(release, { recursive: true });
  const words = ['--version', version, '--channel', channel, '--keys', path.resolve(values.keys)];
  words.push('--packed', packed, '--release', release, '--date', date.toISOString());
  words.push('--electron', electron.version, '--target', target);
  await mustRun(bundledNode, [path.join(root, 'scripts', 'release', 'make.ts'), ...words]);
  rmSync(packed, { recursive: true });
  say(`${release} is ready to be served; publish metadata/timestamp.json last`);
});

/**
 * Builds and packs the present commit twice and lists what differs (docs/releasing.md, “Built twice”).
 *
 *   npm run reproduce                       the AppImage and what is in it
 *   npm run reproduce -- --targets deb      another package
 *   npm run reproduce -- --targets dir      only what is in a package; half a minute
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { commitDate } from './lib/commit-date.mjs';
import { differencesOf } from './lib/compare-folders.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { bundledNode, root } from './lib/paths.mjs';
import { mustRun } from './lib/run.mjs';
import { Problem, runScript, say } from './lib/say.mjs';

const { values } = parseArgs({ options: { targets: { type: 'string', default: 'AppImage' } } });

await runScript(async () => {
  await ensureInstalled();
  const date = await commitDate();
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(date.getTime() / 1_000) };
  const folders = ['first', 'second'].map((name) => path.join(root, 'dist', 'reproduce', name));
  for (const folder of folders) {
    // Or the second would be packed from the first one's bundles.
    rmSync(path.join(root, 'out'), { recursive: true, force: true });
    const words = ['--targets', values.targets, '--out', folder];
    await mustRun(bundledNode, [path.join(root, 'scripts', 'dist.mjs'), ...words], { env });
    setAside(folder);
    await unpackImages(folder);
  }
  const [first = '', second = ''] = folders;
  const found = differencesOf(first, second);
  for (const name of found) say(`differs: ${name}`);
  if (found.length > 0)
    throw new Problem(`${found.length} files differ between two builds of one commit.`);
  say('two builds of one commit are the same, byte for byte');
});

/**
 * What is not published, and the time of packing, for which a release has its commit's
 * (scripts/release/lay-release.ts).
 * @param {string} folder
 */
function setAside(folder) {
  rmSync(path.join(folder, 'builder-debug.yml'), { force: true });
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.yml'))) {
    const file = path.join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^releaseDate: .*$/m, ''));
  }
}

/** So that a difference in an image names the file in it. @param {string} folder */
async function unpackImages(folder) {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.AppImage'))) {
    await mustRun(path.join(folder, name), ['--appimage-extract'], {
      cwd: folder,
      stdio: 'ignore',
    });
  }
}

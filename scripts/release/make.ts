/** Everything of a release after it was packed; see scripts/release.mjs. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type BundledPackage, packageIn, packagesFile } from '../../build/vite/bundled-packages.ts';
import { updateChannels } from '../../electron/contract/update-channel.ts';
import { root } from '../lib/paths.mjs';
import { makeDeltas } from './deltas.ts';
import { signFolder } from './keys-folder.ts';
import { layRelease } from './lay-release.ts';
import { sbomOf } from './sbom.ts';

const { values } = parseArgs({
  options: {
    version: { type: 'string', default: '' },
    channel: { type: 'string', default: 'stable' },
    keys: { type: 'string', default: '' },
    packed: { type: 'string', default: '' },
    release: { type: 'string', default: '' },
    electron: { type: 'string', default: '' },
    target: { type: 'string', default: '' },
    date: { type: 'string', default: '' },
  },
});

const { version, keys, packed, release, target } = values;
const channel = updateChannels.find((one) => one === values.channel);
if (!channel)
  throw new Error(`There is no channel ${values.channel}; say ${updateChannels.join(' or ')}.`);
const date = new Date(values.date);

/** What ships beside the bundles, by its package. */
function besideBundles(): BundledPackage[] {
  const [os = '', arch = ''] = target.split('-');
  const node = `node-${os === 'win32' ? 'win' : os}-${arch}`;
  const folders = [node, `@koromix/koffi-${target}`].map((name) =>
    path.join(root, 'node_modules', name),
  );
  const electron = { name: 'electron', version: values.electron, license: 'MIT' };
  return [...folders.map(packageIn), electron];
}

const bundled: BundledPackage[] = JSON.parse(
  readFileSync(path.join(root, 'out', packagesFile), 'utf8'),
);
layRelease({ packed, release, channel, version, date });
await makeDeltas(release);
const materials = sbomOf({ version, packages: [...bundled, ...besideBundles()], date });
writeFileSync(path.join(release, `holdfast-${version}-${target}.cdx.json`), materials);
await signFolder(keys, release, Date.now());

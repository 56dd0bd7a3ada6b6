/** The signing tool; see docs/releasing.md. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeKeys, readKeys } from './keys.ts';
import { newestRoot, type RootFile, rootFile, signFolder } from './keys-folder.ts';
import { makeRoot, renewTimestamp } from './sign.ts';

const usage = `npm run release:sign -- keys   --keys <new folder>                    makes keys and 1.root.json
npm run release:sign -- root   --keys <folder> --old-keys <folder>    the next root, for changed keys
npm run release:sign -- sign   --keys <folder> --release <folder>     signs what the folder holds
npm run release:sign -- renew  --keys <folder> --release <folder>     keeps the word fresh, daily`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keys: { type: 'string' },
    'old-keys': { type: 'string' },
    release: { type: 'string' },
  },
});

function folder(name: 'keys' | 'old-keys' | 'release'): string {
  const given = values[name];
  if (given === undefined) throw new Error(`Say which folder: --${name} <folder>.\n\n${usage}`);
  return path.resolve(given);
}

/** One that has to be there. */
function existing(name: 'keys' | 'old-keys' | 'release'): string {
  const place = folder(name);
  if (!existsSync(place)) throw new Error(`There is no folder ${place}.`);
  return place;
}

function keep(keys: string, { version, json }: RootFile): void {
  writeFileSync(rootFile(keys, version), json, { flag: 'wx' });
  process.stdout.write(`wrote ${version}.root.json\n`);
}

const now = Date.now();
const commands: Readonly<Record<string, () => Promise<void>>> = {
  async keys() {
    const keys = folder('keys');
    if (existsSync(keys)) throw new Error(`${keys} is there already; name a new folder.`);
    makeKeys(keys);
    keep(keys, makeRoot(readKeys(keys), { now }));
  },
  async root() {
    const [keys, oldKeys] = [existing('keys'), existing('old-keys')];
    const before = newestRoot(oldKeys);
    if (!before) throw new Error(`${oldKeys} holds no root to go on from.`);
    keep(keys, makeRoot(readKeys(keys), { now }, { root: before.json, keys: readKeys(oldKeys) }));
  },
  async sign() {
    await signFolder(existing('keys'), existing('release'), now);
  },
  async renew() {
    await renewTimestamp(existing('release'), { keys: readKeys(existing('keys')), now });
  },
};

const command = commands[positionals[0] ?? ''];
try {
  if (!command) throw new Error(`Say what to do:\n\n${usage}`);
  await command();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

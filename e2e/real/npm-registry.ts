/**
 * An npm registry on 127.0.0.1: the packages that lock files pin, out of the cache of the npm that fetched
 * them, and versions that a test makes. `npm install` resolves to what is pinned, since there is nothing else.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../electron/testing/free-port.ts';

/** An entry of a lock file, whose fields are those of a registry's manifest. */
type Manifest = Readonly<Record<string, unknown>> & {
  readonly version: string;
  readonly integrity: string;
};

export interface NpmRegistry {
  readonly url: string;
  /** What `latest` means from now on. */
  tagLatest(name: string, version: string): void;
  /** Makes `version` of `from`, with its unpacked files changed by `change`. */
  publish(name: string, from: string, version: string, change: (folder: string) => void): void;
  close(): Promise<void>;
}

/** `10.0.0` is after `9.0.0`. */
const byNumbers = new Intl.Collator('en', { numeric: true }).compare;
/** Says nothing to a registry's client. */
const lockOnly = new Set([
  'resolved',
  'dev',
  'optional',
  'peer',
  'devOptional',
  'license',
  'funding',
]);

/** @param cache npm's own folder @param locks lock files of which all is in the cache */
export async function startNpmRegistry(
  cache: string,
  locks: readonly string[],
): Promise<NpmRegistry> {
  const packages = new Map<string, Map<string, Manifest>>();
  const latest = new Map<string, string>();
  const made = mkdtempSync(join(tmpdir(), 'holdfast-npm-'));
  const tarballs = new Map<string, string>();

  const add = (name: string, manifest: Manifest, tarball: string): void => {
    const versions = packages.get(name) ?? new Map<string, Manifest>();
    packages.set(name, versions.set(manifest.version, manifest));
    tarballs.set(`${name}@${manifest.version}`, tarball);
  };
  for (const lock of locks) {
    for (const [name, manifest] of pinnedIn(lock)) add(name, manifest, cached(cache, manifest));
  }

  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').slice(1));
    const tarball = tarballs.get(path.replace(/^-\/tarball\//, ''));
    const versions = packages.get(path);
    if (tarball !== undefined) sendFile(response, tarball);
    else if (versions) sendJson(response, packument(url, path, versions, latest.get(path)));
    else response.writeHead(404).end();
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await once(server.listen(port, '127.0.0.1'), 'listening');

  return {
    url,
    tagLatest: (name, version) => latest.set(name, version),
    publish(name, from, version, change) {
      const manifest = packages.get(name)?.get(from);
      if (!manifest) throw new Error(`${name} ${from} is not in the registry`);
      const file = join(made, `${version}.tgz`);
      repack(tarballs.get(`${name}@${from}`) ?? '', file, change);
      const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
      add(name, { ...manifest, version, integrity }, file);
    },
    close: () =>
      new Promise((resolve) => {
        rmSync(made, { recursive: true });
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Every package of a lock file that comes from the registry and not in another one's tarball. */
function pinnedIn(lock: string): [string, Manifest][] {
  const { packages }: { packages: Record<string, Manifest & { readonly name?: string }> } =
    JSON.parse(readFileSync(lock, 'utf8'));
  return Object.entries(packages).flatMap(([path, manifest]) =>
    path !== '' && manifest.integrity
      ? [[manifest.name ?? path.slice(path.lastIndexOf('node_modules/') + 13), manifest]]
      : [],
  );
}

/** npm keeps each file by its hash. */
function cached(cache: string, { integrity }: Manifest): string {
  const hex = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
  return join(cache, '_cacache/content-v2/sha512', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
}

function packument(
  url: string,
  name: string,
  versions: ReadonlyMap<string, Manifest>,
  latest = [...versions.keys()].sort(byNumbers).at(-1),
): unknown {
  const all = [...versions].map(([version, manifest]) => {
    const fields = Object.entries(manifest).filter(([field]) => !lockOnly.has(field));
    const tarball = `${url}/-/tarball/${encodeURIComponent(`${name}@${version}`)}`;
    const dist = { tarball, integrity: manifest.integrity };
    return [version, { ...Object.fromEntries(fields), name, dist }] as const;
  });
  return { name, 'dist-tags': { latest }, versions: Object.fromEntries(all) };
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendFile(response: ServerResponse, file: string): void {
  response.writeHead(200, { 'content-length': statSync(file).size });
  createReadStream(file).pipe(response);
}

function repack(from: string, to: string, change: (folder: string) => void): void {
  const work = mkdtempSync(join(tmpdir(), 'holdfast-package-'));
  try {
    tar('-xzf', from, '-C', work);
    change(join(work, 'package'));
    mkdirSync(join(to, '..'), { recursive: true });
    tar('-cf', to, '-C', work, '--use-compress-program=gzip -1', 'package');
  } finally {
    rmSync(work, { recursive: true });
  }
}

function tar(...args: string[]): void {
  const { status, stderr } = spawnSync('tar', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tar ${args.join(' ')}: ${stderr}`);
}

/** No other bytes than Electron's own are ever unpacked, for Windows as for Linux. */
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { resolveElectron } from './electron-runtime.mjs';

let cache: string;
const before = process.env.HOLDFAST_CACHE;

beforeEach(() => {
  cache = mkdtempSync(path.join(os.tmpdir(), 'holdfast-cache-'));
  process.env.HOLDFAST_CACHE = cache;
  mkdirSync(path.join(cache, 'electron'));
});
afterEach(() => {
  if (before === undefined) delete process.env.HOLDFAST_CACHE;
  else process.env.HOLDFAST_CACHE = before;
  rmSync(cache, { recursive: true, force: true });
});

test.each(['win32-x64', 'linux-x64'])(
  'a zip for %s whose sha256 differs from checksums.json is fatal',
  async (target) => {
    const name = `electron-v33.3.0-${target}.zip`;
    writeFileSync(path.join(cache, 'electron', name), 'not an Electron');
    await expect(resolveElectron(target)).rejects.toThrow(/is not Electron 33\.3\.0.*sha256/);
    expect(existsSync(path.join(cache, 'electron', name))).toBe(true);
    expect(readdirSync(path.join(cache, 'electron'))).toEqual([name]);
  },
);

/** Resolves against a test host that answers the probe and serves the zip in this way. */
async function resolveFrom(handOut: (response: ServerResponse) => void, stallMs?: number) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.method));
    if (request.method === 'HEAD') response.end();
    else handOut(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    vi.unstubAllEnvs();
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  vi.stubEnv('ELECTRON_MIRROR', `http://127.0.0.1:${address.port}/`);
  // Where its host is, is read once.
  vi.resetModules();
  const fresh = await import('./electron-runtime.mjs');
  const result = await fresh.resolveElectron('linux-x64', stallMs);
  return { asked, result };
}

/** The oldest supported release, as if unpacked from another source earlier. */
function layOldest(): void {
  const checksums: unknown = createRequire(import.meta.url)('electron-types/checksums.json');
  const sha256 = String(Reflect.get(Object(checksums), 'electron-v33.3.0-linux-x64.zip'));
  const folder = path.join(cache, 'electron', `33.3.0-${sha256.slice(0, 16)}`);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'electron'), '');
}

const failures: [string, (response: ServerResponse) => void][] = [
  ['refuses', (response) => response.writeHead(403).end()],
  ['breaks off', (response) => response.write('PK', () => response.destroy())],
  ['falls silent', (response) => response.write('PK')],
];

test.each(failures)(
  'a host that answers the probe and then %s is out of reach',
  async (_, fail) => {
    layOldest();
    const { asked, result } = await resolveFrom(fail, 300);
    expect(asked).toEqual(['HEAD', 'GET']);
    expect(result.version).toBe('33.3.0');
    expect(
      readdirSync(path.join(cache, 'electron')).filter((name) => name.includes('.zip')),
    ).toEqual([]);
  },
);

test('a download may take as long as it moves, and its bytes still decide', async () => {
  layOldest();
  const slowly = (response: ServerResponse): void => {
    let left = 12;
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) response.write('PK');
      else response.end();
    }, 100);
    response.on('close', () => clearInterval(timer));
  };
  // Twelve times 100 ms is longer than this, one alone is not.
  await expect(resolveFrom(slowly, 1_000)).rejects.toThrow(/is not Electron .*sha256/);
});

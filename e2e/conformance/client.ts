/**
 * The client of signed releases, as the conformance suite of The Update Framework drives it
 * (github.com/theupdateframework/tuf-conformance, CLIENT-CLI.md):
 *
 *   client --metadata-dir <folder> init <root.json>
 *   client --metadata-dir <folder> --metadata-url <url> refresh
 *   client --metadata-dir <folder> --metadata-url <url> --target-name <name> … --target-base-url <url>
 *          --target-dir <folder> download
 *
 * It exits with 0, or with 1 and the reason. Checking is the product's own; the suite's files are hashed by
 * other algorithms than ours, so the bytes are compared by the library.
 */
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import type { Updater } from 'tuf-js';
import { errorText } from '../../electron/contract/error-text.ts';
import { refreshMetadata } from '../../electron/trust/signed-metadata.ts';

type Target = NonNullable<Awaited<ReturnType<Updater['getTargetInfo']>>>;

const text = { type: 'string', default: '' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'metadata-dir': text,
    'metadata-url': text,
    'target-name': { type: 'string', multiple: true, default: [] },
    'target-base-url': text,
    'target-dir': text,
  },
});

const shown = values['metadata-dir'];
/** Ours: its numbered roots are no roles, so the suite gets copies of the others. */
const folder = `${shown}-of-client`;
const builtIn = path.join(folder, 'built-in.json');

/** The bytes at `url`, or null where the server says that there are none. */
async function get(url: URL, maxBytes: number): Promise<Buffer | null> {
  const answer = await fetch(url);
  if (answer.status === 404 || answer.status === 403) return null;
  if (!answer.ok) throw new Error(`${url.href} answered ${answer.status}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.byteLength;
    if (length > maxBytes) throw new Error(`${url.href} has more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function under(base: string, name: string): URL {
  return new URL(name, base.endsWith('/') ? base : `${base}/`);
}

async function refresh(): Promise<Updater> {
  const serve = (name: string, maxBytes: number): Promise<Buffer | null> =>
    get(under(values['metadata-url'], encodeURIComponent(name)), maxBytes);
  return await refreshMetadata({ root: readFileSync(builtIn, 'utf8'), folder, serve });
}

async function download(): Promise<void> {
  const updater = await refresh();
  mkdirSync(values['target-dir'], { recursive: true });
  for (const name of values['target-name']) {
    const target = await updater.getTargetInfo(name);
    if (!target) throw new Error(`${name} is not signed`);
    const place = path.join(values['target-dir'], encodeURIComponent(name));
    if (!(await isGenuine(target, place))) await fetchTarget(target, place);
  }
}

async function fetchTarget(target: Target, place: string): Promise<void> {
  const { dir, base } = path.posix.parse(target.path);
  const file = path.posix.join(dir, `${Object.values(target.hashes)[0]}.${base}`);
  const bytes = await get(under(values['target-base-url'], file), target.length);
  if (bytes === null) throw new Error(`There is no ${file}`);
  await target.verify(Readable.from([bytes]));
  writeFileSync(place, bytes);
}

async function isGenuine(target: Target, file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  return await target.verify(createReadStream(file)).then(
    () => true,
    () => false,
  );
}

/** What is trusted now, also after a refusal. */
function show(): void {
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.json') && !/^\d+\.root|^built-in/.test(name)) {
      copyFileSync(path.join(folder, name), path.join(shown, name));
    }
  }
}

async function main(): Promise<void> {
  const [command, root = ''] = positionals;
  if (command === 'init') {
    mkdirSync(folder, { recursive: true });
    copyFileSync(root, builtIn);
    copyFileSync(root, path.join(shown, 'root.json'));
    return;
  }
  if (command !== 'refresh' && command !== 'download') throw new Error('init, refresh or download');
  try {
    await (command === 'refresh' ? refresh() : download());
  } finally {
    show();
  }
}

main().catch((error: unknown) => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  console.error(errorText(cause));
  process.exitCode = 1;
});

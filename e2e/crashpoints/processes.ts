/** The processes of all worlds, from the process table, which one look reads for all of them. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Found {
  readonly pid: number;
  readonly kind: 'app' | 'watcher' | 'unpacker' | 'terminal' | 'other';
  readonly nonce: string;
  readonly words: string;
}

/** Milliseconds that a look is good for. */
const lookMs = 60;
let looked = -lookMs;
let found: readonly (Found & { readonly all: string })[] = [];

/** What runs in the world of that folder. */
export function processesIn(folder: string): Found[] {
  if (performance.now() - looked > lookMs) {
    found = look();
    looked = performance.now();
  }
  return found.filter(({ all }) => all.includes(`${folder}/`));
}

/** How often each process was no one's; a new one may be about to become one of a world. */
let strangers = new Map<string, number>();
const looksAtStranger = 5;

function look(): (Found & { readonly all: string })[] {
  // After a pause a number may be another's.
  const before = performance.now() - looked < 1_000 ? strangers : new Map<string, number>();
  strangers = new Map();
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    const looks = before.get(name) ?? 0;
    if (looks >= looksAtStranger) {
      strangers.set(name, looks);
      return [];
    }
    const words = contentOf(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
    const variables = contentOf(`/proc/${name}/environ`);
    const all = `${words} ${variables}/`;
    if (words === '' || !all.includes('/hf-points-')) {
      strangers.set(name, looks + 1);
      return [];
    }
    const nonce = /(?:^|\0)HOLDFAST_NONCE=([^\0]*)/.exec(variables)?.[1] ?? '';
    return [{ pid: Number(name), kind: kindOf(words), nonce, words, all }];
  });
}

function kindOf(words: string): Found['kind'] {
  if (/--appimage-extract|unpacker\.mjs/.test(words)) return 'unpacker';
  if (/cli\.cjs|bin\/holdfast/.test(words)) return 'terminal';
  if (/watcher\.cjs/.test(words)) return 'watcher';
  return /\.AppImage/.test(words) ? 'app' : 'other';
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It ended meanwhile, or is another user's.
    return '';
  }
}

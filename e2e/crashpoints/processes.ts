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

function look(): (Found & { readonly all: string })[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    const words = contentOf(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
    const variables = contentOf(`/proc/${name}/environ`);
    const all = `${words} ${variables}/`;
    if (words === '' || !all.includes('/hf-points-')) return [];
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

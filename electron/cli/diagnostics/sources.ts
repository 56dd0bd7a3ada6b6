/** Which files a report is made of, in the order of their use to a helper, and how much of each. Changes nothing. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { StateFolder } from '../../files/state-folder.ts';
import { listAttempts } from '../../transaction/attempts.ts';

export interface Source {
  /** Its name in the report, with `/`. */
  readonly name: string;
  readonly file: string;
  /** Of a longer one the end is taken. */
  readonly maxBytes: number;
}

const small = 256 * 1024;
const history = 1024 * 1024;
const log = 1024 * 1024;
/** Each gateway has several. */
const gatewayLog = 512 * 1024;
/** Attempts of an update that still tell something. */
const newestAttempts = 3;

export function sourcesOf(state: StateFolder): Source[] {
  const at = (name: string, maxBytes: number): Source => ({
    name,
    file: path.join(state.root, ...name.split('/')),
    maxBytes,
  });
  return [
    at('settings.json', small),
    ...filesIn(state.profiles, /\.json$/).map((name) => at(`profiles/${name}`, small)),
    // This run and the one before it.
    ...['app.log', 'app.log.1', 'watcher.log', 'watcher.log.1', 'watcher-stderr.log'].map((name) =>
      at(`logs/${name}`, log),
    ),
    ...filesIn(state.ledger, /\.json$/).map((name) => at(`ledger/${name}`, small)),
    ...filesIn(state.events, /\.jsonl$/).map((name) => at(`events/${name}`, history)),
    ...attemptFiles(state, 'updates', state.updates).map((name) => at(name, small)),
    ...filesIn(state.gatewayUpdates, /^[a-z0-9-]+$/).flatMap((id) => {
      const folder = path.join(state.gatewayUpdates, id);
      return attemptFiles(state, `gateway-updates/${id}`, folder).map((name) => at(name, small));
    }),
    at('run/versions.json', small),
    ...filesIn(state.gatewayLogs, /\.log(?:\.1)?$/).map((name) =>
      at(`logs/gateways/${name}`, gatewayLog),
    ),
  ];
}

function attemptFiles(state: StateFolder, prefix: string, updates: string): string[] {
  const { attempt } = state;
  return listAttempts({ updates, attempt })
    .slice(0, newestAttempts)
    .flatMap((id) =>
      ['plan.json', 'journal.jsonl', 'receipt.json'].map((name) => `${prefix}/${id}/${name}`),
    );
}

function filesIn(folder: string, names: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => names.test(name))
      .sort();
  } catch {
    return [];
  }
}

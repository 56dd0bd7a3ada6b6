/**
 * `holdfast top`: what gateways use of memory and processor. On a terminal the table is renewed until
 * Ctrl+C; in a pipe it is shown once. The watcher measures only when it is asked. It starts nothing.
 */
import { cliExit } from '../contract/exit-codes.ts';
import { plainText } from '../contract/plain-text.ts';
import { redact } from '../contract/redact.ts';
import { cpuText, type Load, loadOf, memoryText } from '../contract/usage.ts';
import type { UsageSample } from '../contract/usage-call.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { duration } from '../contract/words.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { mirrorWatcher } from '../link/mirror.ts';
import { passed, systemClock } from '../process/index.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { jsonOf } from './as-json.ts';
import { CliProblem } from './cli-problem.ts';
import { findWatcher, notServing } from './serving-watcher.ts';
import { type Row, rowOfView } from './survey.ts';
import { type Cell, type Column, tableLines } from './table.ts';
import { type Terminal, toneMark, toneStyle } from './terminal.ts';

/** Between the two measurements that one answer needs. */
const onceMs = 1_000;
const renewMs = 2_000;

const columns: readonly Column[] = [
  { head: 'NAME' },
  { head: 'ID', dispensable: 2 },
  { head: 'STATE', dispensable: 1 },
  { head: 'MEMORY', align: 'right' },
  { head: 'CPU', align: 'right' },
  { head: 'PROCESSES', align: 'right', dispensable: 3 },
  { head: 'FOR', align: 'right', dispensable: 4 },
];

/** A gateway and what it uses; null where it does not run on this machine. */
export interface Measured {
  readonly row: Row;
  readonly load: Load | null;
}

export interface TopOutput {
  readonly terminal: Terminal;
  write(text: string): void;
  /** Ends a table that is renewed. */
  readonly signal: AbortSignal;
}

export async function top(
  state: StateFolder,
  { json }: { readonly json: boolean },
  output: TopOutput,
): Promise<number> {
  const connection = await findWatcher(state);
  if (connection === null) throw new CliProblem(notServing, cliExit.unwatched);
  try {
    const mirror = await mirrorWatcher(connection, { clock: systemClock, onChange: () => {} });
    if (!json && output.terminal.width !== null) {
      await renew(connection, mirror.state, output);
    } else {
      const found = await measureOnce(connection, mirror.state, output.signal);
      const text = json
        ? asJson(state, found)
        : topLines(found, output.terminal, Date.now()).join('\n');
      output.write(`${text}\n`);
    }
    return cliExit.ok;
  } finally {
    connection.close();
  }
}

async function measureOnce(
  connection: WatcherConnection,
  state: () => WatcherState,
  signal: AbortSignal,
): Promise<Measured[]> {
  const before = await connection.call('usage.sample', null);
  await passed(systemClock, onceMs, signal);
  return measured(state(), before, await connection.call('usage.sample', null));
}

const screen = { enter: '\u001b[?1049h\u001b[?25l', leave: '\u001b[?25h\u001b[?1049l' };
/** To the first place; what is left of each line, and below the last, is cleared. */
const home = '\u001b[H';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

/** Until the signal comes, or the watcher ends: then rejects with a sentence. */
async function renew(
  connection: WatcherConnection,
  state: () => WatcherState,
  { terminal, write, signal }: TopOutput,
): Promise<void> {
  let before: UsageSample | null = null;
  write(screen.enter);
  try {
    while (!signal.aborted) {
      const now = await connection.call('usage.sample', null);
      const lines = topLines(measured(state(), before, now), terminal, Date.now());
      before = now;
      write(`${home}${lines.map((line) => `${line}${clearLine}\n`).join('')}${clearBelow}`);
      await passed(systemClock, renewMs, signal).catch(() => undefined);
    }
  } finally {
    write(screen.leave);
  }
}

/** What uses most comes first; what does not run comes last, by name. Pure. */
export function measured(
  { gateways }: Pick<WatcherState, 'gateways'>,
  before: UsageSample | null,
  now: UsageSample,
): Measured[] {
  return Object.values(gateways)
    .map((view) => ({ row: rowOfView(view), load: loadOf(view.id, before, now) }))
    .sort(
      (a, b) =>
        Number(a.load === null) - Number(b.load === null) ||
        (b.load?.memory ?? 0) - (a.load?.memory ?? 0) ||
        a.row.name.localeCompare(b.row.name),
    );
}

/** Pure. @param now epoch milliseconds */
export function topLines(found: readonly Measured[], terminal: Terminal, now: number): string[] {
  if (found.length === 0) return ['There are no gateways yet.'];
  const cells = found.map((one) => cellsOf(one, terminal, now));
  return tableLines(columns, cells, terminal.width, (text) => terminal.paint('bold', text));
}

function cellsOf({ row, load }: Measured, { paint, width }: Terminal, now: number): Cell[] {
  const { id, name, words, tone, since } = row;
  // In a pipe each column is one word of its own.
  const mark = width === null ? '' : `${toneMark[tone]} `;
  return [
    { text: plainText(redact(name)).replace(/\s+/g, ' ') },
    { text: id, paint: (text) => paint('dim', text) },
    { text: `${mark}${words}`, paint: (text) => paint(toneStyle[tone], text) },
    { text: load ? memoryText(load.memory) : '' },
    { text: load?.cpu == null ? '' : cpuText(load.cpu) },
    { text: load ? String(load.processes) : '' },
    { text: since === null ? '' : duration(now - since) },
  ];
}

function asJson(state: StateFolder, found: readonly Measured[]): string {
  return jsonOf(state, {
    gateways: found.map(({ row: { id, name, state, pid }, load }) => ({
      ...{ id, name, state, pid },
      memory: load?.memory ?? null,
      cpu: load?.cpu ?? null,
      processes: load?.processes ?? null,
    })),
  });
}

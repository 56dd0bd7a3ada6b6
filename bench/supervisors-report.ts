/** How the result of `bench/supervisors.ts` is printed: two tables for people, or JSON. */
import { type Figures, round2 } from './figures.ts';
import type { Idle, Memory } from './idle.ts';
import type { Storm } from './measures.ts';

export type Kind = 'tiny' | 'node';
export const kinds: readonly Kind[] = ['tiny', 'node'];

export interface Row {
  readonly version: string;
  readonly settings: string;
  /** From a kill -9 to the next accepted connection, ms. */
  killed: Partial<Record<Kind, Figures>>;
  /** Longest outage of a restart that was asked for, ms. */
  planned: Partial<Record<Kind, Figures>>;
  idle?: Idle;
  /** After the kills and storms of the C server. */
  later?: Memory;
  storm?: Storm;
  /** How its server's surroundings differ from everybody's. */
  differs?: string;
  /** Why something of it was not measured. */
  problem?: string;
}

export interface Result {
  readonly machine: string;
  /** Averages over one minute: before and after. */
  readonly load: readonly [number, number];
  readonly proof: string;
  readonly kills: number;
  readonly policy: Readonly<Record<string, string>>;
  readonly bareNode?: Idle;
  readonly rows: Readonly<Record<string, Row>>;
}

export const floorName = 'floor (Node)';

/** Medians over the Node floor's; null where either is missing. */
function ratios(rows: Result['rows'], name: string): Record<Kind, number | null> {
  const ratio = (kind: Kind): number | null => {
    const [own, floor] = [rows[name]?.killed[kind]?.median, rows[floorName]?.killed[kind]?.median];
    return own === undefined || floor === undefined ? null : round2(own / floor);
  };
  return { tiny: ratio('tiny'), node: ratio('node') };
}

export function toJson(result: Result): string {
  const rows = Object.entries(result.rows).map(([name, row]) => [
    name,
    { ...row, ratio: ratios(result.rows, name) },
  ]);
  return JSON.stringify({ ...result, rows: Object.fromEntries(rows) });
}

export function toText(result: Result): string {
  const { rows, bareNode } = result;
  const entries = Object.entries(rows);
  const notes = entries.flatMap(([name, row]) => [
    `- ${[name, row.version].filter(Boolean).join(' ')}: ${row.settings}${row.differs ? `; ${row.differs}` : ''}`,
  ]);
  return [
    `${result.machine}; load average ${result.load.join(' before, ')} after; ${result.proof}`,
    ...Object.entries(result.policy).map(([what, rule]) => `- ${what}: ${rule}`),
    '',
    'Times in ms: median (min / p90) ×ratio to the Node floor; planned: longest outage, median (min / p90).',
    '',
    table(
      ['supervisor', 'C server', 'Node server', 'planned, C', 'planned, Node'],
      entries.map(([name, row]) => [
        name,
        ...kinds.map((kind) => killedCell(row, kind, ratios(rows, name)[kind])),
        ...kinds.map((kind) => plannedCell(row.planned[kind])),
      ]),
    ),
    '',
    'Idle, alone; private memory in MiB: dirty / with clean, and dirty later.',
    '',
    table(
      ['supervisor', 'wakeups/s', 'CPU µs/s', 'private', 'later', 'killed again and again'],
      [
        ...entries.map(([name, row]) => [
          name,
          ...idleCells(row.idle),
          row.later ? String(row.later.dirtyMiB) : '–',
          row.storm ? stormCell(row.storm) : '–',
        ]),
        ['a bare Node', ...idleCells(bareNode), '–', '–'],
      ],
    ),
    '',
    ...notes,
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function killedCell(row: Row, kind: Kind, ratio: number | null): string {
  const times = row.killed[kind];
  if (!times) return row.problem ? `not measured: ${row.problem}` : '–';
  return `${times.median} (${times.min} / ${times.p90}) ×${ratio ?? '?'}`;
}

function plannedCell(times: Figures | undefined): string {
  return times ? `${times.median} (${times.min} / ${times.p90})` : '–';
}

function idleCells(idle: Idle | undefined): string[] {
  if (!idle) return ['–', '–', '–'];
  return [String(idle.wakeupsPerS), String(idle.cpuUsPerS), `${idle.dirtyMiB} / ${idle.ussMiB}`];
}

function stormCell({ verdict, starts, medianPauseMs, lastPauseMs, backAfterMs }: Storm): string {
  const end =
    backAfterMs === null ? 'stays down' : `serves ${seconds(backAfterMs)} after the last of it`;
  return `${verdict}: ${starts} starts, pauses ${seconds(medianPauseMs)}, last ${seconds(lastPauseMs)}; ${end}`;
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${round2(ms / 1_000)} s`;
}

/** `holdfast list`: every gateway in a table. It starts nothing. */
import { plainText } from '../contract/plain-text.ts';
import { redact } from '../contract/redact.ts';
import { duration } from '../contract/words.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { surveyJson } from './as-json.ts';
import type { ListCommand } from './requests.ts';
import { type Row, type Survey, survey } from './survey.ts';
import { type Cell, type Column, tableLines } from './table.ts';
import { type Terminal, toneMark, toneStyle } from './terminal.ts';

/** It holds colours: text of others in it was made harmless before. */
export interface Listed {
  readonly text: string;
  /** Why no watcher answers; for the error stream. */
  readonly silence: string | null;
  readonly code: number;
}

const columns: readonly Column[] = [
  { head: 'NAME' },
  { head: 'ID', dispensable: 1 },
  { head: 'STATE' },
  { head: 'FOR', align: 'right', dispensable: 2 },
  { head: 'PORT', align: 'right', dispensable: 3 },
  { head: 'PID', align: 'right', dispensable: 4 },
  { head: 'NOTE', dispensable: 0 },
];

export async function list(
  state: StateFolder,
  { json, quiet }: ListCommand,
  terminal: Terminal,
): Promise<Listed> {
  const found = await survey(state);
  const { code, silence } = found;
  if (json) return { text: surveyJson(state, found), silence: null, code };
  const text = quiet ? found.rows.map(({ id }) => id) : tableOf(found, terminal, Date.now());
  return { text: text.join('\n'), silence: quiet ? null : silence, code };
}

/** @param now epoch milliseconds */
export function tableOf({ rows, problems }: Survey, terminal: Terminal, now: number): string[] {
  const cells = rows.map((row) => cellsOf(row, terminal, now));
  const { paint, width } = terminal;
  const head = (text: string): string => paint('bold', text);
  return [
    ...(rows.length > 0 ? tableLines(columns, cells, width, head) : ['There are no gateways yet.']),
    ...problems.map(({ message, hint }) => paint('yellow', oneLine(`! ${message} ${hint ?? ''}`))),
  ];
}

function cellsOf(row: Row, { paint, width }: Terminal, now: number): Cell[] {
  const { id, name, words, tone, since, port, pid } = row;
  // In a pipe each column is one word of its own.
  const mark = width === null ? '' : `${toneMark[tone]} `;
  return [
    { text: oneLine(name) },
    { text: id, paint: (text) => paint('dim', text) },
    { text: `${mark}${words}`, paint: (text) => paint(toneStyle[tone], text) },
    { text: since === null ? '' : duration(now - since) },
    { text: port === null ? '' : String(port) },
    { text: pid === null ? '' : String(pid) },
    { text: oneLine(noteOf(row)) },
  ];
}

/** The one thing that its user should know. */
function noteOf({ problem, attention, view }: Row): string {
  if (problem) return [problem.message, problem.hint].filter(Boolean).join(' ');
  if (attention) return attention;
  if (!view) return '';
  const { state, pinned, version, restartWhenIdle } = view;
  if (state.status === 'external') return `run by ${state.owner.name}`;
  if (pinned) return `runs ${pinned.version}, because the update to ${pinned.failedVersion} failed`;
  if (version?.offered && version.newest) return `${version.newest} is available`;
  return restartWhenIdle ? 'restarts when idle' : '';
}

/** Harmless on a terminal, without secrets, and without an end of line. */
function oneLine(text: string): string {
  return plainText(redact(text)).replace(/\s+/g, ' ').trim();
}

/** `holdfast status`: what gateways are doing. It loads little: scripts ask for it again and again. */
import { redact } from '../contract/redact.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { surveyJson } from './as-json.ts';
import { columnFor, describeGateway, describeLastUpdate, describeTiming } from './describe.ts';
import { padded } from './display-width.ts';
import type { StatusCommand } from './requests.ts';
import { type Row, type Survey, survey } from './survey.ts';
import type { Answer } from './voice.ts';

/** What fits below the answer without pushing it off the screen. */
const tailLines = 10;

export async function status(
  state: StateFolder,
  { gateways, json, deep }: Omit<StatusCommand, 'name'>,
): Promise<Answer> {
  const found = await survey(state, gateways);
  if (deep) return (await import('./deep-status.ts')).deepStatus(state, found, json);
  if (json) return { text: surveyJson(state, found), code: found.code };
  const tails = gateways === 'all' ? [] : await tailsOf(state, found.rows);
  return { text: [...linesOf(found), ...tails].join('\n'), code: found.code };
}

/** The ends of their logs, each below a line that says so. */
async function tailsOf(state: StateFolder, rows: readonly Row[]): Promise<string[]> {
  const { gatewayLog } = await import('./gateway-log.ts');
  return rows.flatMap(({ id, name }) => {
    const log = gatewayLog(state, id);
    const lines = log.exists() ? log.last(tailLines) : [];
    if (lines.length === 0) return ['', `${name} has written nothing yet.`];
    const head = `The end of the log of ${name} (more: holdfast logs ${id})`;
    return ['', head, ...lines.map(({ text }) => `  ${redact(text)}`)];
  });
}

function linesOf({ watcher, rows, problems, silence }: Survey): string[] {
  const column = columnFor(rows.map(({ name }) => name));
  return [
    ...(rows.length > 0
      ? rows.flatMap((row) => rowLines(row, watcher, column))
      : ['There are no gateways yet.']),
    ...problems.map(({ message, hint }) => redact(`! ${message}${hint ? ` ${hint}` : ''}`)),
    ...(silence === null ? [] : [silence]),
  ];
}

function rowLines(
  { id, name, words, pid, view }: Row,
  watcher: Survey['watcher'],
  column: number,
): string[] {
  if (!view) return [`${padded(name, column)} ${words}${pid === null ? '' : `  (pid ${pid})`}`];
  const found = watcher?.gatewayUpdates[id];
  const receipt = found?.update ? null : (found?.receipt ?? null);
  const more = [describeTiming(view), receipt && describeLastUpdate(id, receipt)];
  return [describeGateway(view, Date.now(), column), ...more.filter((line) => line !== null)];
}

/** `holdfast status`: what gateways are doing. `--deep` checks everything itself, beside the watcher. */
import { cliExit } from '../contract/exit-codes.ts';
import { redact } from '../contract/redact.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { loadProfiles } from '../gateway/profiles/profiles.ts';
import { jsonOf, rowJson, surveyJson } from './as-json.ts';
import { describeGateway, describeLastUpdate, describeTiming, nameWidth } from './describe.ts';
import { padded } from './display-width.ts';
import { describeFinding, type Finding } from './doctor/finding.ts';
import { inspectGateway } from './doctor/inspect-gateway.ts';
import { inspectWatcher } from './doctor/inspect-watcher.ts';
import { gatewayLog } from './gateway-log.ts';
import type { StatusCommand } from './requests.ts';
import { type Row, type Survey, survey } from './survey.ts';

/** What fits below the answer without pushing it off the screen. */
const tailLines = 10;

export interface Answer {
  readonly text: string;
  readonly code: number;
}

export async function status(
  state: StateFolder,
  { gateways, json, deep }: Omit<StatusCommand, 'name'>,
): Promise<Answer> {
  const found = await survey(state, gateways);
  if (deep) return deepStatus(state, found, json);
  if (json) return { text: surveyJson(state, found), code: found.code };
  const tails = gateways === 'all' ? [] : found.rows.flatMap((row) => tailOf(state, row));
  return { text: [...linesOf(found), ...tails].join('\n'), code: found.code };
}

/** The end of its log, below a line that says so. */
function tailOf(state: StateFolder, { id, name }: Row): string[] {
  const log = gatewayLog(state, id);
  const lines = log.exists() ? log.last(tailLines) : [];
  if (lines.length === 0) return ['', `${name} has written nothing yet.`];
  const head = `The end of the log of ${name} (more: holdfast logs ${id})`;
  return ['', head, ...lines.map(({ text }) => `  ${redact(text)}`)];
}

function linesOf({ watcher, rows, problems, silence }: Survey): string[] {
  return [
    ...(rows.length > 0
      ? rows.flatMap((row) => rowLines(row, watcher))
      : ['There are no gateways yet.']),
    ...problems.map(({ message, hint }) => redact(`! ${message}${hint ? ` ${hint}` : ''}`)),
    ...(silence === null ? [] : [silence]),
  ];
}

function rowLines({ id, name, words, pid, view }: Row, watcher: Survey['watcher']): string[] {
  if (!view) return [`${padded(name, nameWidth)} ${words}${pid === null ? '' : `  (pid ${pid})`}`];
  const found = watcher?.gatewayUpdates[id];
  const receipt = found?.update ? null : (found?.receipt ?? null);
  const more = [describeTiming(view), receipt && describeLastUpdate(id, receipt)];
  return [describeGateway(view), ...more.filter((line) => line !== null)];
}

async function deepStatus(state: StateFolder, found: Survey, json: boolean): Promise<Answer> {
  const watcher = inspectWatcher(state, found.watcher);
  const { profiles } = loadProfiles(state.profiles);
  const inspected: { readonly row: Row; readonly probes: readonly Finding[] }[] = [];
  for (const row of found.rows) {
    const profile = profiles.find(({ id }) => id === row.id);
    if (!profile) continue;
    inspected.push({ row, probes: (await inspectGateway(state, profile, row.view)).probes });
  }
  const all = [...watcher, ...inspected.flatMap(({ probes }) => probes)];
  const healthy = all.every(({ result }) => result !== 'fail');
  const code = healthy ? cliExit.ok : cliExit.failed;
  if (json) {
    const gateways = inspected.map(({ row, probes }) => ({ ...rowJson(row), probes }));
    return { text: jsonOf(state, { healthy, watcher, gateways, problems: found.problems }), code };
  }
  const blocks: [string, readonly Finding[]][] = [
    ['background service', watcher],
    ...inspected.map(({ row, probes }): [string, readonly Finding[]] => [row.name, probes]),
  ];
  const lines = blocks.flatMap(([name, probes]) => [name, ...probes.map(describeFinding)]);
  return { text: lines.join('\n'), code };
}

/** `holdfast status --deep`: checks everything itself, beside the watcher. */
import { cliExit } from '../contract/exit-codes.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { loadProfiles } from '../gateway/profiles/profiles.ts';
import { jsonOf, rowJson } from './as-json.ts';
import { describeFinding, type Finding } from './doctor/finding.ts';
import { inspectGateway } from './doctor/inspect-gateway.ts';
import { inspectWatcher } from './doctor/inspect-watcher.ts';
import type { Row, Survey } from './survey.ts';
import type { Answer } from './voice.ts';

export async function deepStatus(
  state: StateFolder,
  found: Survey,
  json: boolean,
): Promise<Answer> {
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

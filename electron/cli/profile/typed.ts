/** What `add` and `edit` set, as the window's form would hold it, with the same checks. */
import { homedir } from 'node:os';
import path from 'node:path';
import type { AgentRight } from '../../contract/agents.ts';
import { joinCommandLine } from '../../contract/draft/command-line.ts';
import { checkOf, type Draft } from '../../contract/draft/draft.ts';
import { findingsOf } from '../../contract/draft/findings.ts';
import { cliExit } from '../../contract/exit-codes.ts';
import type { ProfileInput } from '../../contract/profile.ts';
import type { Link } from '../../link/types.ts';
import { CliProblem } from '../cli-problem.ts';
import type { ProfileFields } from '../requests.ts';

/** The draft with the fields that were set. Throws a sentence for one that such a gateway does not have. */
export function withFields(before: Draft, fields: ProfileFields): Draft {
  const { port, health, dir, program, env, unset } = fields;
  if (before.kind !== 'command' && (program.length > 0 || dir !== null)) {
    const what = before.kind === 'remote' ? 'runs on another machine' : 'ships with Holdfast';
    throw new CliProblem(
      `It ${what}: its command and folder are not yours to set.`,
      cliExit.failed,
    );
  }
  const variables = before.variables.filter(
    ({ name }) => !unset.includes(name) && !Object.hasOwn(env, name),
  );
  const added = Object.entries(env).map(([name, value], n) => ({
    row: before.variables.length + n,
    name,
    value,
  }));
  return {
    ...before,
    ...(program.length > 0 ? lineOf(program, fields.shell) : {}),
    ...(dir === null ? {} : { folder: dir === '' ? '' : path.resolve(dir) }),
    ...(health === null ? {} : { health }),
    port: port ?? portIn(health) ?? before.port,
    variables: [...variables, ...added],
  };
}

function lineOf(program: readonly string[], shell: boolean): Pick<Draft, 'line' | 'shell'> {
  return { shell, line: shell ? program.join(' ') : joinCommandLine(program) };
}

/** Of a whole address; null where it names none. */
function portIn(health: string | null): string | null {
  if (health === null || !/^https?:/.test(health) || !URL.canParse(health)) return null;
  return new URL(health).port || null;
}

/**
 * What keeps it from being saved is thrown, in sentences; what may be wrong is told.
 * @param id the gateway that is edited
 */
export async function check(
  draft: Draft,
  id: string | undefined,
  link: Link,
  warn: (text: string) => void,
): Promise<void> {
  const gateways = Object.values(link.watcher()?.gateways ?? {});
  const names = gateways.filter((one) => one.id !== id).map(({ name }) => name);
  const findings = findingsOf(draft, names);
  const wrong = findings.filter(({ grade }) => grade !== 'doubtful');
  if (wrong.length > 0) {
    throw new CliProblem(wrong.map(({ message }) => message).join(' '), cliExit.failed);
  }
  const machine = await link.client.call('profile.check', checkOf(draft, id, homedir()));
  for (const { message } of [...findings, ...machine]) warn(message);
}

/** @param agents what they may do with it; null: as it is */
export function withRight(profile: ProfileInput, agents: AgentRight | null): ProfileInput {
  return agents === null ? profile : { ...profile, agents };
}

/**
 * What commands answer with `--json`. Programs rely on its shape (docs/cli.md): fields may be added, and
 * `schema` rises when one is taken away or means something else. It holds no secret and no nonce.
 */
import type { StateFolder } from '../files/state-folder.ts';
import { hidingOf } from './hiding.ts';
import type { Row, Survey } from './survey.ts';
import type { Outcome } from './voice.ts';

export const jsonSchema = 1;

/** Words of ours, which a script compares: never hidden, even if a variable has that value too. */
const ownWords: ReadonlySet<string> = new Set([
  ...['id', 'state', 'wanted', 'words', 'result', 'proof', 'log', 'signal'],
  // Of events.
  ...['kind', 'status', 'why', 'what', 'outcome'],
]);

/** Without secrets, as in what people read; a nonce proves who a gateway is, and stays inside. */
export function jsonOf(
  state: StateFolder,
  value: Readonly<Record<string, unknown>>,
  indent: number = 2,
): string {
  const hiding = hidingOf(state);
  return JSON.stringify(
    { schema: jsonSchema, ...value },
    (key, part: unknown) => {
      if (key === 'nonce') return undefined;
      return typeof part === 'string' && !ownWords.has(key) ? hiding.json(part) : part;
    },
    indent,
  );
}

/** The answer of `list --json` and `status --json`. */
export function surveyJson(state: StateFolder, survey: Survey): string {
  const { watcher, rows, problems, code } = survey;
  const serving = watcher?.watcher;
  return jsonOf(state, {
    well: code === 0,
    service: serving
      ? {
          pid: serving.identity.pid,
          version: serving.version,
          build: serving.buildId,
          startedAt: serving.startedAt,
        }
      : null,
    gateways: rows.map(rowJson),
    problems,
  });
}

/**
 * The answer of a command that changes something.
 * @param rows every gateway that there is afterwards
 */
export function changeJson(
  state: StateFolder,
  command: string,
  outcomes: readonly Outcome[],
  rows: readonly Row[],
): string {
  const gatewayOf = (id: string) => {
    const row = rows.find((one) => one.id === id);
    return row ? rowJson(row) : null;
  };
  return jsonOf(state, {
    command,
    done: outcomes.every(({ done }) => done),
    gateways: outcomes.map((one) => ({ ...one, gateway: gatewayOf(one.id) })),
  });
}

/** Null where it is not known or does not apply. */
export function rowJson(row: Row) {
  const { tone: _, view, ...known } = row;
  const { state } = view ?? {};
  return {
    ...known,
    owner: state?.status === 'external' ? state.owner.name : null,
    proof: state?.status === 'running' ? state.proof : null,
    restarts: view?.restarts ?? null,
    lastExit: view?.lastExit
      ? { at: view.lastExit.at, code: view.lastExit.code, reason: view.lastExit.reason }
      : null,
    version: view?.version?.installed ?? null,
    newest: view?.version?.newest ?? null,
    log: view?.logFile ?? null,
  };
}

/**
 * What commands answer with `--json`. Programs rely on its shape (docs/cli.md): fields may be added, and
 * `schema` rises when one is taken away or means something else. It holds no secret and no nonce.
 */
import { redact } from '../contract/redact.ts';
import type { Row, Survey } from './survey.ts';

export const jsonSchema = 1;

/** Fields with text that others wrote: addresses with passwords, answers with tokens. */
const freeText: ReadonlySet<string> = new Set([
  'message',
  'hint',
  'detail',
  'reason',
  'name',
  'url',
  'owner',
  'attention',
]);

/** Without secrets, as in what people read; a nonce proves who a gateway is, and stays inside. */
export function jsonOf(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    { schema: jsonSchema, ...value },
    (key, part: unknown) => {
      if (key === 'nonce') return undefined;
      return freeText.has(key) && typeof part === 'string' ? redact(part) : part;
    },
    2,
  );
}

/** The answer of `list --json` and `status --json`. */
export function surveyJson({ watcher, rows, problems, code }: Survey): string {
  const serving = watcher?.watcher;
  return jsonOf({
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

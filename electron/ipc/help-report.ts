/**
 * The report for whoever helps, made by the command line that ships with this build: it reads what no room of
 * the app may know, and works without the background service.
 */
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import * as z from 'zod/mini';
import { type DiagnosticsAnswer, diagnosticsAnswerSchema } from '../contract/answers.ts';
import { ContractError } from '../contract/define.ts';
import { errorText } from '../contract/error-text.ts';
import { askProgram } from '../process/index.ts';
import { commandLineScript } from '../staging/staged.ts';

export interface HelpReport {
  /** What would be in it. Rejects with a sentence. */
  contents(): Promise<DiagnosticsAnswer>;
  /** Asks where to, and writes it; null when the user does not want it. Rejects with a sentence. */
  save(): Promise<string | null>;
}

/** Megabytes of logs are read through, on a busy machine too. */
const limits = { timeoutMs: 60_000, maxBytes: 4 * 1024 * 1024 };

export function createHelpReport(deps: {
  readonly stage: { readonly bundle: string; readonly runtime: string };
  readonly stateRoot: string;
  /** Null: nowhere. The user has agreed that what is there is replaced. */
  readonly askWhere: () => Promise<string | null>;
  readonly log: { error(message: string): void };
}): HelpReport {
  const { stage, stateRoot, askWhere, log } = deps;
  const diagnostics = async (...words: string[]): Promise<DiagnosticsAnswer> => {
    const script = commandLineScript(stage.bundle);
    const args = [script, '--user-data-dir', stateRoot, 'diagnostics', ...words, '--json'];
    try {
      return z.parse(
        diagnosticsAnswerSchema,
        JSON.parse(await askProgram(stage.runtime, args, limits)),
      );
    } catch (error) {
      log.error(`No report was made: ${errorText(error)}`);
      throw new ContractError('The report could not be made; the log of Holdfast says why.');
    }
  };
  return {
    contents: () => diagnostics('--list'),
    async save() {
      const file = await askWhere();
      if (file === null) return null;
      // The old one stays until the new one is whole.
      const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
      try {
        await diagnostics(draft);
        renameSync(draft, file);
      } finally {
        rmSync(draft, { force: true });
      }
      return file;
    },
  };
}

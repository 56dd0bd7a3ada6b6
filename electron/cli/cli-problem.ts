/** Why a command is not carried out: a sentence, and the exit code that goes with it. */
import type { CliExit } from '../contract/exit-codes.ts';

export class CliProblem extends Error {
  override readonly name = 'CliProblem';
  readonly code: CliExit;

  constructor(message: string, code: CliExit) {
    super(message);
    this.code = code;
  }
}

/** Where the command line speaks. Text of gateways and strangers reaches these lines: a terminal must obey none of it. */
import { sentenceOf } from '../contract/define.ts';
import { cliExit } from '../contract/exit-codes.ts';
import { plainText } from '../contract/plain-text.ts';
import { redact } from '../contract/redact.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { CliProblem } from './cli-problem.ts';
import { hidingOf } from './hiding.ts';

/** What a command prints in the end, and its exit code. */
export interface Answer {
  readonly text: string;
  readonly code: number;
}

/** What a command came to for one gateway. */
export interface Outcome {
  readonly id: string;
  readonly name: string;
  readonly done: boolean;
  /** Sentences: why not, or what else is to be known. */
  readonly message: string | null;
}

export interface Voice {
  print(text: string): void;
  /** To the error stream. */
  warn(text: string): void;
  /** Beside what is printed, for an answer as JSON. */
  report?(outcome: Outcome): void;
}

/** @param state its profiles say what is secret; null: it is not known yet */
export function voiceFor(state: StateFolder | null): Voice {
  return {
    print: (text) => {
      process.stdout.write(`${plainText(text)}\n`);
    },
    warn: (text) => {
      const hidden = state ? hidingOf(state).text(text) : redact(text);
      process.stderr.write(`holdfast: ${plainText(hidden)}\n`);
    },
  };
}

/** Says why a command failed. @returns the exit code */
export function complain(error: unknown, { warn }: Voice): number {
  const known = error instanceof CliProblem;
  warn(known ? error.message : sentenceOf(error));
  return known ? error.code : cliExit.failed;
}

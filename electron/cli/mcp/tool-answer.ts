/** How a tool answers an agent: as text without secrets, also when it fails. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { sentenceOf } from '../../contract/define.ts';
import { plainText } from '../../contract/plain-text.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { CliProblem } from '../cli-problem.ts';
import { hidingOf } from '../hiding.ts';
import type { Outcome, Voice } from '../voice.ts';

/** @param work resolves with the answer; rejects with a sentence */
export async function toolAnswer(
  state: StateFolder,
  work: () => Promise<string>,
): Promise<CallToolResult> {
  const text = (said: string) => [{ type: 'text' as const, text: plainText(said) }];
  try {
    return { content: text(await work()) };
  } catch (error) {
    const why = error instanceof CliProblem ? error.message : sentenceOf(error);
    return { content: text(hidingOf(state).text(why)), isError: true };
  }
}

/** A voice whose words are kept: what goes to standard output is the protocol's alone. */
export function keptVoice(): {
  readonly voice: Voice;
  readonly said: () => string;
  readonly outcomes: readonly Outcome[];
} {
  const lines: string[] = [];
  const outcomes: Outcome[] = [];
  return {
    voice: {
      print: (text) => void lines.push(text),
      warn: () => undefined,
      report: (outcome) => void outcomes.push(outcome),
    },
    said: () => lines.join('\n'),
    outcomes,
  };
}

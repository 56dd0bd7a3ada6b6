/** Questions to the user of a terminal. */
import { createInterface } from 'node:readline/promises';

/** Whether the user says yes. */
export type Ask = (question: string) => Promise<boolean>;

/** At a terminal; null where input or output is a file or a pipe. */
export function terminalQuestion(): Ask | null {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return null;
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
    } finally {
      terminal.close();
    }
  };
}

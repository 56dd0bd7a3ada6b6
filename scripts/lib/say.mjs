/**
 * The output of the scripts: one plain line for what happens, one clear message for what failed.
 */

/** A failure that the reader can act on; it is shown without a stack trace. */
export class Problem extends Error {
  /** @param {string} sentence what failed, on what, and what to do about it */
  constructor(sentence) {
    super(sentence);
    this.name = 'Problem';
  }
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`holdfast: ${line}\n`);
}

/**
 * Runs a script's body and turns what it throws into a message and an exit code.
 * @param {() => Promise<number | void>} body resolves to the exit code, 0 if nothing
 */
export async function runScript(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    if (error instanceof Problem) say(`error: ${error.message}`);
    else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}

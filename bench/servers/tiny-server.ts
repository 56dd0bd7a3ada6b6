/** Builds the C yardstick, `e2e/fixtures/tiny-server.c`, into a folder. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const source = fileURLToPath(new URL('../../e2e/fixtures/tiny-server.c', import.meta.url));

/**
 * @param folder where the program goes
 * @returns its path; it takes the port as its one argument
 * @throws when there is no C compiler (`cc`), with a sentence
 */
export async function buildTinyServer(folder: string): Promise<string> {
  const program = join(folder, 'tiny-server');
  const warnings = ['-Wall', '-Wextra', '-Werror'];
  try {
    await promisify(execFile)('cc', ['-std=gnu11', '-O2', ...warnings, '-o', program, source]);
  } catch (cause) {
    throw new Error('tiny-server.c could not be built; is a C compiler (cc) installed?', { cause });
  }
  return program;
}

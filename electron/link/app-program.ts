/** How the app of a state folder is started: the app writes it down when it starts, for the command line. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { writeDurable } from '../files/durable-write.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { FileProblem, readUntrustedJson } from '../files/untrusted-file.ts';

const maxBytes = 64 * 1024;

const programSchema = z.object({
  schema: z.literal(1),
  command: z.string().check(z.minLength(1), z.maxLength(4096)),
  args: z.array(z.string().check(z.maxLength(4096))).check(z.maxLength(64)),
});
/** An executable by its absolute path, and what it is given. */
export type AppProgram = Omit<z.infer<typeof programSchema>, 'schema'>;

/** Throws the file system's error. */
export function recordAppProgram({ appProgram }: StateFolder, program: AppProgram): void {
  mkdirSync(path.dirname(appProgram), { recursive: true, mode: 0o700 });
  writeDurable(appProgram, `${JSON.stringify({ schema: 1, ...program }, null, 2)}\n`);
}

/** Null when no app has run there. Throws a FileProblem for a file that must not be used. */
export function recordedAppProgram({ appProgram }: StateFolder): AppProgram | null {
  try {
    return readUntrustedJson(appProgram, programSchema, maxBytes);
  } catch (error) {
    if (error instanceof FileProblem && error.fault === 'missing') return null;
    throw error;
  }
}

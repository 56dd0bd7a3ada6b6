/** Gateways in a file of their user's: to keep, or to take to another machine. */
import { basename } from 'node:path';
import * as z from 'zod/mini';
import { ContractError, describeIssues } from '../contract/define.ts';
import { type Profile, profileSchema } from '../contract/profile.ts';
import { freeId } from '../contract/profile-id.ts';
import { writeDurable } from '../files/durable-write.ts';
import { FileProblem, readUserText } from '../files/untrusted-file.ts';

/** For more gateways than anyone has. */
const maxBytes = 8 * 1024 * 1024;

const kind = 'holdfast-gateways';
const fileSchema = z.object({
  kind: z.literal(kind),
  schema: z.literal(1),
  gateways: z.array(profileSchema).check(z.minLength(1)),
});

/** Writes it for this user alone: the values of variables, which may be secret, are in it. */
export function writeGateways(file: string, gateways: readonly Profile[]): void {
  writeDurable(file, `${JSON.stringify({ kind, schema: 1, gateways }, null, 2)}\n`);
}

/**
 * The gateways of `file`, none of which starts by itself, each with an id that is free.
 * Throws a ContractError with a sentence for a file that is of no use.
 *
 * @param taken ids of the gateways that there are
 */
export function readGateways(file: string, taken: Iterable<string>): Profile[] {
  const parsed = z.safeParse(fileSchema, jsonOf(file));
  if (!parsed.success) throw useless(file, describeIssues(parsed.error));
  const ids = new Set(taken);
  return parsed.data.gateways.map((profile) => {
    const id = freeId(profile.id, ids);
    ids.add(id);
    return { ...profile, id, autostart: false };
  });
}

function jsonOf(file: string): unknown {
  try {
    // The user has just chosen it, wherever it lies.
    const read = readUserText(file, maxBytes, { links: 'follow' });
    if ('problem' in read) throw useless(file, read.problem);
    return JSON.parse(read.text);
  } catch (error) {
    if (error instanceof FileProblem) throw new ContractError(error.message);
    if (error instanceof SyntaxError) throw useless(file, 'it is not JSON');
    throw error;
  }
}

function useless(file: string, why: string): ContractError {
  return new ContractError(
    `${basename(file)} can’t be used: ${why}. Choose a file that Holdfast has exported.`,
  );
}

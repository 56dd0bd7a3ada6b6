/** What this watcher sees of itself, as a hello carries it. */
import type * as z from 'zod/mini';
import type { surroundingsSchema } from '../contract/watcher-contract.ts';
import { observeSelf } from '../process/index.ts';

/** As many as a hello may hold. A watcher maps about fifty files. */
const maxPaths = 4096;

export function ownSurroundings(): z.infer<typeof surroundingsSchema> {
  const facts = observeSelf();
  const { paths, jobMates } = facts;
  return { ...facts, paths: paths.slice(0, maxPaths), jobMates: jobMates && [...jobMates] };
}

/**
 * Would this process survive the app? Both sides say what they see of themselves; the judgement
 * (judge-escape.ts) is pure.
 */
import * as z from 'zod/mini';
import { platform } from './platform.ts';
import type { ProcessFacts } from './platform-interface.ts';

/** What a hello carries. Paths are bounded: a process may map hundreds of files. */
export const processFactsSchema = z.strictObject({
  pid: z.int().check(z.positive()),
  session: z.int(),
  cgroup: z.string().check(z.maxLength(4096)),
  job: z.enum(['none', 'harmless', 'unknown', 'kills']),
  paths: z.array(z.string().check(z.maxLength(4096))).check(z.maxLength(4096)),
  mount: z.string().check(z.maxLength(4096)),
});

export function observeSelf(): ProcessFacts {
  return platform.facts(process.pid);
}

/** What can be seen of another process from here (less than it sees itself). */
export function observeProcess(pid: number): ProcessFacts {
  return platform.facts(pid);
}

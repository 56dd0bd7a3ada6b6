/**
 * Would this process survive the app? Both sides say what they see of themselves; the judgement
 * (judge-escape.ts) is pure.
 */
import { platform } from './platform.ts';
import type { ProcessFacts } from './platform-interface.ts';

/** What a hello carries. */
export function observeSelf(): ProcessFacts {
  return platform.facts(process.pid);
}

/**
 * The looks at a gateway that serves, ours or not, taken together: each of them complains for itself,
 * and there is trouble as long as one does.
 */
import type { Problem } from '../contract/gateway.ts';
import { dataPath } from './data-path.ts';
import { watchHeartbeat } from './heartbeat.ts';
import { type Finding, type LivenessWatch, watchLiveness } from './liveness.ts';

export type Look = 'liveness' | 'heartbeat' | 'report';

/** What the looks complain of at present. */
export class Complaints {
  readonly #of = new Map<Look, Problem>();

  /** Null: that look sees none. */
  put(look: Look, problem: Problem | null): void {
    if (problem) this.#of.set(look, problem);
    else this.#of.delete(look);
  }

  /** The one to show: the oldest. */
  first(): Problem | null {
    const [problem] = this.#of.values();
    return problem ?? null;
  }
}

export interface VitalsWatch extends Omit<LivenessWatch, 'onFinding'> {
  onFinding(look: Look, finding: Finding): void;
}

/** Begins the looks that the profile names; each ends with `hung`. Returns the function that ends them. */
export function watchVitals(watch: VitalsWatch): () => void {
  const { profile, dataDir, clock } = watch;
  const { heartbeat, name } = profile;
  const of = (look: Look) => (finding: Finding) => watch.onFinding(look, finding);
  const ends = [watchLiveness({ ...watch, onFinding: of('liveness') })];
  if (heartbeat) {
    const { maxAgeMs, path } = heartbeat;
    const file = dataPath(path, dataDir);
    ends.push(watchHeartbeat({ file, maxAgeMs, name, clock, onFinding: of('heartbeat') }));
  }
  return () => {
    for (const end of ends) end();
  };
}

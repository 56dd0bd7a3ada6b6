/**
 * The looks at a gateway that serves, ours or not, taken together: each of them complains for itself,
 * and there is trouble as long as one does. What one sees is a sign of life for the others.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Heartbeat } from '../contract/looks.ts';
import type { Profile } from '../contract/profile.ts';
import { dataPath } from './data-path.ts';
import { isYoung, watchHeartbeat } from './heartbeat.ts';
import { type Finding, judgeSilence } from './judgement.ts';
import { type LivenessWatch, watchLiveness } from './liveness.ts';

export type Look = 'readiness' | 'liveness' | 'heartbeat' | 'report';

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

/** Whether the heartbeat that the profile names, if it does, is young. */
export function beats({ heartbeat }: Profile, dataDir: string): boolean {
  return heartbeat !== undefined && isYoung(dataPath(heartbeat.path, dataDir), heartbeat.maxAgeMs);
}

/** Begins the looks that the profile names; each ends with `hung`. Returns the function that ends them. */
export function watchVitals(watch: VitalsWatch): () => void {
  const { heartbeat } = watch.profile;
  const ends = [
    watchLiveness({ ...watch, onFinding: (finding) => watch.onFinding('liveness', finding) }),
  ];
  if (heartbeat) ends.push(watchBeats(watch, heartbeat));
  return () => {
    for (const end of ends) end();
  };
}

function watchBeats(watch: VitalsWatch, { path, maxAgeMs }: Heartbeat): () => void {
  const { profile, dataDir, clock, tuning, signs, heard } = watch;
  const { name, liveness, startTimeoutMs } = profile;
  const seconds = Math.round(maxAgeMs / 1_000);
  const what = `has not shown its heartbeat for ${seconds} s`;
  // Asked twice in that time, it has answered once.
  const freshMs = liveness ? 2 * (liveness.everyMs + tuning.probeTimeoutMs) : 0;
  return watchHeartbeat({
    file: dataPath(path, dataDir),
    maxAgeMs,
    clock,
    againMs: Math.min(tuning.retryAfterMissMs, maxAgeMs),
    onBeat: () => watch.onFinding('heartbeat', { type: 'well' }),
    onOverdue(ms, misses) {
      if (freshMs > 0 && heard.within(freshMs)) {
        const problem = { message: `${name} ${what}, but it answers. ${heard.text()}` };
        watch.onFinding('heartbeat', { type: 'complaint', problem });
        return false;
      }
      const finding = judgeSilence({
        name,
        what,
        misses,
        silentMs: maxAgeMs + ms,
        neverAnswered: false,
        life: signs.look(),
        limits: {
          missesUntilHung: tuning.missesUntilHung,
          hungAfterMs: liveness?.hungAfterMs,
          startTimeoutMs,
        },
        heard: heard.text(),
      });
      watch.onFinding('heartbeat', finding);
      return finding.type === 'hung';
    },
  });
}

/**
 * Waits until a started gateway counts as ready, in the way its profile says. Asks often at first,
 * because every millisecond of doubt is one of absence, then less and less.
 */
import type { Readiness } from '../contract/looks.ts';
import type { Profile } from '../contract/profile.ts';
import type { Clock } from '../process/index.ts';
import { askSocket } from './control-socket.ts';
import { dataPath } from './data-path.ts';
import { beatOf } from './heartbeat.ts';
import { unmet } from './json-field.ts';
import { seesLine } from './log-search.ts';
import { ask, connects, type Host, loopback } from './probe.ts';

/** Until when (ms since the start) which pause: a Node server needs 60 ms, a slow one half a minute. */
const pauses: readonly (readonly [until: number, pauseMs: number])[] = [
  [500, 5],
  [2_000, 10],
  [10_000, 50],
];
const lastPauseMs = 250;
/** Every so many looks go to the second loopback address, until one of them has answered. */
const secondHostEvery = 4;
/** A gateway that takes the connection before it can answer gets this long for each question. */
const questionTimeoutMs = 2_000;

export interface ReadinessWait {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly logFile: string;
  /** Where this start's output begins in the log. */
  readonly logOffset: number;
  readonly dataDir: string;
  /** Epoch milliseconds: what was written before says nothing. */
  readonly startedAt: number;
  /** What its report says its state is; null when it says nothing. */
  reported(): Promise<string | null>;
  /** Asked before every look. */
  cancelled(): boolean;
}

function pauseAfter(elapsed: number): number {
  return pauses.find(([until]) => elapsed < until)?.[1] ?? lastPauseMs;
}

async function looksReady(
  readiness: Readiness,
  wait: ReadinessWait,
  host: Host,
  pattern: RegExp,
): Promise<boolean> {
  const { profile, clock } = wait;
  const asked = { host, port: profile.port ?? 0, timeoutMs: questionTimeoutMs, clock };
  switch (readiness.type) {
    case 'started':
      return true;
    case 'stdout':
      return seesLine(wait.logFile, wait.logOffset, pattern);
    case 'tcp':
      return connects(asked);
    case 'http': {
      const answer = await ask(readiness.path, asked);
      if (answer.type !== 'answer' || answer.status < 200 || answer.status >= 300) return false;
      return readiness.expect === undefined || unmet(answer.body, readiness.expect) === null;
    }
    case 'control-socket': {
      const path = dataPath(readiness.path, wait.dataDir);
      const { verb } = readiness;
      const answer = await askSocket({ path, verb, timeoutMs: questionTimeoutMs, clock });
      return answer.type === 'answer' && answer.status < 300;
    }
    case 'heartbeat':
      return (beatOf(dataPath(readiness.path, wait.dataDir)) ?? 0) >= wait.startedAt;
    case 'report':
      return readiness.states.includes((await wait.reported()) ?? '');
  }
}

/** A profile's pattern: a regular expression, or plain text when it is not a valid one. */
export function toPattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  }
}

/** Resolves with the address that answered, or null when cancelled. Never rejects. */
export async function untilReady(wait: ReadinessWait): Promise<Host | null> {
  const { readiness } = wait.profile;
  const pattern = toPattern(readiness.type === 'stdout' ? readiness.pattern : '');
  const begun = wait.clock.now();
  for (let look = 1; !wait.cancelled(); look += 1) {
    const host = look % secondHostEvery === 0 ? loopback[1] : loopback[0];
    if (await looksReady(readiness, wait, host, pattern)) return wait.cancelled() ? null : host;
    await new Promise<void>((resume) => {
      wait.clock.after(pauseAfter(wait.clock.now() - begun), resume);
    });
  }
  return null;
}

/**
 * The one rule by which a gateway is judged, by whatever way it is looked at: what serves, listens or
 * works is not ended because we can't see or understand it. Pure; the looks (readiness.ts,
 * liveness.ts, heartbeat.ts) say what they see, and what comes of it is decided here.
 *
 *   once it serves                                       it is               ended when
 *   ───────────────────────────────────────────────────  ──────────────────  ──────────────────────────────
 *   it answers as expected                               well                –
 *   it answers otherwise (503, TLS, hangs up, no end)    degraded            never
 *   refused; it listens elsewhere, works or beats        degraded            never
 *   refused, and no other sign of life                   degraded            `startTimeoutMs` are over: time
 *                                                                            enough to restart itself
 *   silent; stopped by a signal                          degraded, hung      3 questions; killed at once
 *   silent, and no other sign of life                    degraded, hung      3 questions, or `hungAfterMs`
 *   silent; works, beats, reports or never answered      degraded, hung      10 minutes, or `hungAfterMs`
 *   its heartbeat is old; it answers or reports          degraded            never
 *   its heartbeat is old, nothing else is asked          hung as silent
 *
 *   its start timeout is over                            it is               ended when
 *   ───────────────────────────────────────────────────  ──────────────────  ──────────────────────────────
 *   it answers, reports or listens, wherever             degraded, unready   all signs are missing for
 *                                                                            another `startTimeoutMs`
 *   it works, no more                                    degraded, unready   ... or after 10 minutes
 *   none of these                                        –                   at once
 *
 * Hung, it is asked to end, with its grace; who shows no sign of life at all gets a moment to show that
 * it has heard; who was stopped by a signal can't hear and is not asked.
 */
import type { Problem } from '../contract/gateway.ts';
import type { ListeningSocket } from '../process/index.ts';
import type { Answer } from './probe.ts';

/**
 * For one that is at work: longer than a model takes to load or a database to migrate while its event
 * loop stands still; a loop that never ends is found all the same.
 */
export const workingMs = 600_000;

/** What can be expected of asking it to end: it can't hear, it may not, it should. */
export type Hearing = 'deaf' | 'doubtful' | 'hears';

export type Finding =
  | { readonly type: 'well' }
  | { readonly type: 'complaint'; readonly problem: Problem }
  | { readonly type: 'hung'; readonly problem: Problem; readonly hears: Hearing };

/** Signs of life beside an answer. */
export interface Life {
  /** It uses the processor or waits for a disk; null while that is not known. */
  readonly works: boolean | null;
  /** It was stopped by a signal. */
  readonly stopped: boolean;
  /** Its heartbeat is young. */
  readonly beats: boolean;
  /** It answered the question for its report. */
  readonly reports: boolean;
}

export interface Limits {
  readonly missesUntilHung: number;
  readonly hungAfterMs: number | undefined;
  readonly startTimeoutMs: number;
}

/** One who is silent, or whose heartbeat is old. */
export interface Silence {
  readonly name: string;
  /** A clause: `does not answer its health check`. */
  readonly what: string;
  /** Looks in a row that saw none, and how long that lasts. */
  readonly misses: number;
  readonly silentMs: number;
  readonly neverAnswered: boolean;
  readonly life: Life;
  readonly limits: Limits;
  /** What was last heard, as a sentence; empty when nothing was. */
  readonly heard: string;
}

function inWords(ms: number): string {
  if (ms < 1_000) return `${ms / 1_000} s`;
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}

function toProblem(...sentences: readonly string[]): Problem {
  return { message: sentences.filter((one) => one !== '').join(' ') };
}

/** Why one that is silent is not taken for hung yet; null: nothing speaks for it. */
function excuse({ life, neverAnswered }: Silence): string | null {
  if (life.works) return 'it is at work (it uses the processor or the disk)';
  if (life.beats) return 'its heartbeat is young';
  if (life.reports) return 'it reports how it is';
  return neverAnswered ? 'it has not answered yet since its start' : null;
}

export function judgeSilence(one: Silence): Finding {
  const { name, what, misses, silentMs, life, limits, heard } = one;
  const { hungAfterMs, missesUntilHung } = limits;
  const why = excuse(one);
  const stopped = life.stopped && !life.works;
  const patienceMs = stopped ? 0 : (hungAfterMs ?? (why === null ? 0 : workingMs));
  if (misses >= missesUntilHung && life.works !== null && silentMs >= patienceMs) {
    const how = stopped ? ', and was stopped by a signal' : '';
    const asked = `(asked ${misses} times, for ${inWords(silentMs)})`;
    const problem = toProblem(`${name} ${what} ${asked}${how}, so it is replaced.`, heard);
    const quiet = why === null && hungAfterMs === undefined;
    return { type: 'hung', problem, hears: stopped ? 'deaf' : quiet ? 'doubtful' : 'hears' };
  }
  const left = patienceMs === 0 ? '' : ` It is given ${inWords(patienceMs)}.`;
  const because = why === null ? '' : `, but ${why}`;
  return { type: 'complaint', problem: toProblem(`${name} ${what}${because}.${left}`, heard) };
}

/** One who lives and refuses: most likely it restarts itself. */
export interface Refusal {
  readonly name: string;
  /** `port 8080`, `its control socket`. */
  readonly where: string;
  readonly refusedMs: number;
  readonly life: Life;
  /** Where it listens instead. */
  readonly listens: readonly ListeningSocket[];
  readonly limits: Limits;
  readonly heard: string;
}

export function judgeRefusal(one: Refusal): Finding {
  const { name, where, refusedMs, life, listens, limits, heard } = one;
  const elsewhere = listensText(listens);
  if (elsewhere !== null) {
    const message = `${name} no longer listens on ${where}. It listens on ${elsewhere} instead.`;
    return { type: 'complaint', problem: toProblem(message, heard) };
  }
  const lives = life.works !== false || life.beats || life.reports;
  if (refusedMs < limits.startTimeoutMs || lives) {
    const message = `${name} no longer listens on ${where}. Its process lives, so it may be restarting itself.`;
    return { type: 'complaint', problem: toProblem(message, heard) };
  }
  const message = `${name} no longer listens on ${where}, for ${inWords(refusedMs)} now, so it is replaced.`;
  return { type: 'hung', problem: toProblem(message, heard), hears: 'hears' };
}

/** What someone answered who was asked for the health; `wrong`: in what way not as expected. */
export function judgeAnswer(
  name: string,
  answer: Extract<Answer, { type: 'answer' | 'other' }>,
  wrong: string | null,
): Finding {
  const said = clauseOf(answer);
  if (answer.type === 'answer' && answer.status < 400 && wrong === null) return { type: 'well' };
  const what = wrong === null ? said : `${said} ${wrong}`;
  const message =
    answer.type === 'answer'
      ? `${name} runs, but its health check ${what}.`
      : `${name} runs, but asked for its health it ${what}.`;
  return { type: 'complaint', problem: { message, hint: 'Its log may say why.' } };
}

/** An answer as a clause: `answers 503`; null for none. */
export function clauseOf(answer: Answer): string | null {
  if (answer.type === 'answer') return `answers ${answer.status}`;
  return answer.type === 'other' ? answer.said : null;
}

const maxPortsNamed = 3;

/** `port 8189`; null when it listens nowhere. */
export function listensText(listens: readonly ListeningSocket[]): string | null {
  const ports = [...new Set(listens.map(({ port }) => port))].sort((a, b) => a - b);
  if (ports.length === 0) return null;
  const named = ports.slice(0, maxPortsNamed).join(', ');
  return `port${ports.length > 1 ? 's' : ''} ${named}${ports.length > maxPortsNamed ? ' …' : ''}`;
}

/** One whose start timeout is over. */
export interface LateStart {
  readonly name: string;
  readonly port: number | undefined;
  readonly startTimeoutMs: number;
  /** Since its start. */
  readonly lateMs: number;
  /** What it answered last, as a clause: `answers 403`; null when it did not answer. */
  readonly said: string | null;
  /** What it is missing though it listens: `has not printed "ready"`. */
  readonly missing: string;
  readonly listens: readonly ListeningSocket[];
  /** Its port takes connections, whoever listens there. */
  readonly connects: boolean;
  readonly life: Life;
}

export type StartVerdict =
  /** Shown, and looked at further. */
  | { readonly type: 'unready'; readonly problem: Problem }
  | { readonly type: 'overdue'; readonly problem: Problem };

export function judgeStart(one: LateStart): StartVerdict {
  const { name, port, startTimeoutMs, lateMs, life } = one;
  const late = `was not ready within ${inWords(startTimeoutMs)} of its start`;
  const seen = signOf(one);
  const worksStill = life.works === true && lateMs < startTimeoutMs + workingMs;
  if (seen !== null || worksStill) {
    const what = seen ?? 'it is still at work (it uses the processor or the disk)';
    const message = `${name} ${late}: ${what}.`;
    const hint =
      'It is left running. Its log may say more; its profile says what counts as ready (readiness).';
    return { type: 'unready', problem: { message, hint } };
  }
  const nowhere = port === undefined ? '' : `: nothing of it listens on port ${port}`;
  return {
    type: 'overdue',
    problem: {
      message: `${name} ${late}${nowhere}.`,
      hint: 'Its log may say why. A gateway that needs longer can be given more time (startTimeoutMs).',
    },
  };
}

/** What of it can be heard or seen at its ports. */
function signOf({ port, said, missing, listens, connects, life }: LateStart): string | null {
  if (said !== null) return `it ${said}`;
  if (connects || listens.some((socket) => socket.port === port)) {
    return `it listens on port ${port}, but ${missing}`;
  }
  const elsewhere = listensText(listens);
  if (elsewhere !== null) {
    const instead = port === undefined ? `, but ${missing}` : ` instead of port ${port}`;
    return `it listens on ${elsewhere}${instead}`;
  }
  if (life.reports) return `it reports how it is, but ${missing}`;
  return life.beats ? `its heartbeat is young, but ${missing}` : null;
}

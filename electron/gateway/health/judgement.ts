/**
 * The one rule by which a gateway is judged, however it is checked: a gateway that serves, listens or
 * works is not ended because we can't see or understand it. Pure: the checks (readiness.ts, liveness.ts,
 * heartbeat.ts) say what they see, and what follows is decided here.
 *
 *   once it serves                                       it is               ended when
 *   ───────────────────────────────────────────────────  ──────────────────  ──────────────────────────────
 *   it answers as expected                               well                –
 *   it answers otherwise (503, TLS, hangs up, no end)    degraded            never
 *   refused; it listens on other ports, works or beats   degraded            never
 *   refused, and no other sign of life                   degraded            `startTimeoutMs` are over: time
 *                                                                            enough to restart itself
 *   silent; stopped by a signal                          degraded, hung      3 questions; killed at once
 *   silent, and no other sign of life                    degraded, hung      3 questions, or `hungAfterMs`
 *   silent; works, beats, reports or never answered      degraded, hung      10 minutes, or `hungAfterMs`
 *   its heartbeat is old; it answers or reports          degraded            never
 *   silent or its heartbeat is old; its loop answers     degraded            never
 *   its heartbeat is old, nothing else is asked          hung as silent
 *
 *   its start timeout is over                            it is               ended when
 *   ───────────────────────────────────────────────────  ──────────────────  ──────────────────────────────
 *   it answers, reports or listens, wherever             degraded, unready   all signs are missing for
 *                                                                            another `startTimeoutMs`
 *   it works, no more                                    degraded, unready   ... or after 10 minutes
 *   none of these                                        –                   at once
 *
 * A hung gateway is asked to stop, with its grace. One that shows no sign of life at all has a moment to
 * show that it heard the request; one that was stopped by a signal can't hear it and is not asked.
 */
import type { Problem } from '../../contract/gateway.ts';
import type { ListeningSocket } from '../../process/index.ts';
import type { Answer } from '../probes/http.ts';

/**
 * For a gateway at work: longer than a model takes to load or a database to migrate while its event loop
 * stands still; an endless loop is found all the same.
 */
export const workingMs = 600_000;

/** Whether it can act on a request to stop. */
export type CanHear = 'no' | 'maybe' | 'yes';

export type Finding =
  | { readonly type: 'well' }
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'hung'; readonly problem: Problem; readonly canHear: CanHear };

/** Signs of life beside an answer. */
export interface SignsSeen {
  /** It uses the processor or waits for a disk; null while that is not known. */
  readonly works: boolean | null;
  /** It was stopped by a signal. */
  readonly stopped: boolean;
  /** Its heartbeat is young. */
  readonly beats: boolean;
  /** It answered the question for its report. */
  readonly reports: boolean;
  /** Its event loop answered for itself; null while that is not known. */
  readonly loops: boolean | null;
}

export interface Limits {
  readonly missesUntilHung: number;
  readonly hungAfterMs: number | undefined;
  readonly startTimeoutMs: number;
}

/** A gateway that is silent, or whose heartbeat is old. */
export interface Silence {
  readonly name: string;
  /** A clause: `does not answer its health check`. */
  readonly what: string;
  /** Checks in a row without an answer or a beat, and for how long. */
  readonly misses: number;
  readonly silentMs: number;
  readonly neverAnswered: boolean;
  readonly signs: SignsSeen;
  readonly limits: Limits;
  /** A sentence; empty when there was none. */
  readonly lastAnswer: string;
}

function inWords(ms: number): string {
  if (ms < 1_000) return `${ms / 1_000} s`;
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}

function toProblem(...sentences: readonly string[]): Problem {
  return { message: sentences.filter((one) => one !== '').join(' ') };
}

/** Why a silent gateway is not taken for hung yet; null: no reason. */
function excuse({ signs, neverAnswered }: Silence): string | null {
  if (signs.loops) return 'its event loop answers';
  if (signs.works) return 'it is at work (it uses the processor or the disk)';
  if (signs.beats) return 'its heartbeat is young';
  if (signs.reports) return 'it reports how it is';
  return neverAnswered ? 'it has not answered yet since its start' : null;
}

export function judgeSilence(silence: Silence): Finding {
  const { name, what, signs, limits, lastAnswer } = silence;
  const why = excuse(silence);
  const stopped = signs.stopped && !signs.works;
  const patienceMs = stopped ? 0 : (limits.hungAfterMs ?? (why === null ? 0 : workingMs));
  if (isHung(silence, patienceMs)) return hung(silence, stopped, why);
  const because = why === null ? '' : `, but ${why}`;
  const left = patienceMs === 0 || signs.loops ? '' : ` It is given ${inWords(patienceMs)}.`;
  return { type: 'problem', problem: toProblem(`${name} ${what}${because}.${left}`, lastAnswer) };
}

function isHung({ misses, silentMs, signs, limits }: Silence, patienceMs: number): boolean {
  const known = signs.works !== null && signs.loops !== null;
  const askedEnough = misses >= limits.missesUntilHung && silentMs >= patienceMs;
  return askedEnough && known && !signs.loops;
}

function hung(
  { name, what, misses, silentMs, limits, lastAnswer }: Silence,
  stopped: boolean,
  why: string | null,
): Finding {
  const asked = `(asked ${misses} times, for ${inWords(silentMs)})`;
  const how = stopped ? ', and was stopped by a signal' : '';
  const problem = toProblem(`${name} ${what} ${asked}${how}, so it is replaced.`, lastAnswer);
  const mayNotHear = why === null && limits.hungAfterMs === undefined;
  return { type: 'hung', problem, canHear: stopped ? 'no' : mayNotHear ? 'maybe' : 'yes' };
}

/** A gateway that is alive and refuses connections: most likely it restarts itself. */
export interface Refusal {
  readonly name: string;
  /** `port 8080`, `its control socket`. */
  readonly where: string;
  readonly refusedMs: number;
  readonly signs: SignsSeen;
  /** Where it listens instead. */
  readonly listens: readonly ListeningSocket[];
  readonly limits: Limits;
  readonly lastAnswer: string;
}

export function judgeRefusal(refusal: Refusal): Finding {
  const { name, where, refusedMs, signs, listens, limits, lastAnswer } = refusal;
  const otherPorts = portsText(listens);
  if (otherPorts !== null) {
    const message = `${name} no longer listens on ${where}. It listens on ${otherPorts} instead.`;
    return { type: 'problem', problem: toProblem(message, lastAnswer) };
  }
  const lives = signs.works !== false || signs.loops !== false || signs.beats || signs.reports;
  if (refusedMs < limits.startTimeoutMs || lives) {
    const message = `${name} no longer listens on ${where}. Its process lives, so it may be restarting itself.`;
    return { type: 'problem', problem: toProblem(message, lastAnswer) };
  }
  const message = `${name} no longer listens on ${where}, for ${inWords(refusedMs)} now, so it is replaced.`;
  return { type: 'hung', problem: toProblem(message, lastAnswer), canHear: 'yes' };
}

/** What a health check was answered; `wrong`: in what way not as expected. */
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
  return { type: 'problem', problem: { message, hint: 'Its log may say why.' } };
}

/** An answer as a clause: `answers 503`; null for none. */
export function clauseOf(answer: Answer): string | null {
  if (answer.type === 'answer') return `answers ${answer.status}`;
  return answer.type === 'other' ? answer.clause : null;
}

const maxPortsNamed = 3;

/** `port 8189`; null when it listens nowhere. */
export function portsText(listens: readonly ListeningSocket[]): string | null {
  const ports = [...new Set(listens.map(({ port }) => port))].sort((a, b) => a - b);
  if (ports.length === 0) return null;
  const named = ports.slice(0, maxPortsNamed).join(', ');
  return `port${ports.length > 1 ? 's' : ''} ${named}${ports.length > maxPortsNamed ? ' …' : ''}`;
}

/** A gateway whose start timeout is over. */
export interface LateStart {
  readonly name: string;
  readonly port: number | undefined;
  /** It was given the socket of its port. */
  readonly passed: boolean;
  readonly startTimeoutMs: number;
  /** Since its start. */
  readonly lateMs: number;
  /** What it answered last, as a clause: `answers 403`; null when it did not answer. */
  readonly answer: string | null;
  /** What it lacks although it listens: `has not printed "ready"`. */
  readonly missing: string;
  readonly listens: readonly ListeningSocket[];
  /** Its port takes connections, from any listener. */
  readonly connects: boolean;
  readonly signs: SignsSeen;
}

export type StartVerdict =
  /** Shown, and checked further. */
  | { readonly type: 'unready'; readonly problem: Problem }
  | { readonly type: 'overdue'; readonly problem: Problem };

export function judgeStart(start: LateStart): StartVerdict {
  const { name, port, passed, startTimeoutMs, lateMs, signs } = start;
  const late = `was not ready within ${inWords(startTimeoutMs)} of its start`;
  const sign = signOf(start);
  const worksStill = signs.works === true && lateMs < startTimeoutMs + workingMs;
  if (sign !== null || worksStill) {
    const what = sign ?? 'it is still at work (it uses the processor or the disk)';
    const message = `${name} ${late}: ${what}.`;
    const hint =
      'It is left running. Its log may say more; its profile says what counts as ready (readiness).';
    return { type: 'unready', problem: { message, hint } };
  }
  if (passed) {
    const message = `${name} ${late}: it takes no connections from the socket of port ${port} that it was given.`;
    const hint = `Its program must take descriptor 3, as LISTEN_FDS says. One that can't needs a profile without "listen".`;
    return { type: 'overdue', problem: { message, hint } };
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

/** What can be seen of it, at its ports or otherwise. */
function signOf({ port, answer, missing, listens, connects, signs }: LateStart): string | null {
  if (answer !== null) return `it ${answer}`;
  if (connects || listens.some((socket) => socket.port === port)) {
    return `it listens on port ${port}, but ${missing}`;
  }
  const otherPorts = portsText(listens);
  if (otherPorts !== null) {
    const instead = port === undefined ? `, but ${missing}` : ` instead of port ${port}`;
    return `it listens on ${otherPorts}${instead}`;
  }
  if (signs.reports) return `it reports how it is, but ${missing}`;
  return signs.beats ? `its heartbeat is young, but ${missing}` : null;
}

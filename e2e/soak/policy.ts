/**
 * The shipped policy of restarts on a virtual clock: the pure machine and its ladder, ten minutes and a
 * day of gateways that end in every way, at random times, in seconds.
 */
import { healthyMs, maxDelayMs, maxStarts, windowMs } from '../../electron/gateway/backoff.ts';
import { reduce } from '../../electron/gateway/machine.ts';
import { type Effect, type Event, initialModel, type Model } from '../../electron/gateway/model.ts';
import { defaultTuning } from '../../electron/gateway/tuning.ts';
import { type Random, seeded } from './random.ts';

const MINUTE = 60_000;
/** So many independent gateways for each length. */
const LIVES = [
  { name: 'ten minutes', ms: 10 * MINUTE, gateways: 200 },
  { name: 'a day', ms: 24 * 60 * MINUTE, gateways: 20 },
] as const;
/** Jitter adds a fifth at most; the budget may then hold a start back until the window has passed. */
const LONGEST_SILENCE = Math.max(maxDelayMs * 1.2, windowMs, defaultTuning.recheckMs);

interface Planned {
  readonly at: number;
  readonly event: Event;
}

/** One gateway that ends by chance; throws a sentence when a promise is broken. */
function live(random: Random, lengthMs: number): { starts: number; ends: number } {
  let model: Model = initialModel('running');
  let now = 0;
  let pid = 0;
  let ends = 0;
  const starts: number[] = [];
  const queue: Planned[] = [];
  const timer: { planned: Planned | null } = { planned: null };
  /** When the present process became ready, and when the last one ended. */
  let readyAt: number | null = null;
  let endedAt: number | null = null;
  let failures = 0;

  const plan = (ms: number, event: Event): void => {
    queue.push({ at: now + ms, event });
  };
  const forget = (): void => {
    queue.length = 0;
  };

  function carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'spawn':
        start();
        return;
      case 'timer':
        timer.planned = { at: now + effect.ms, event: { type: 'due' } };
        return;
      case 'cancel-timer':
        timer.planned = null;
        return;
      case 'end':
        forget();
        end(null, 'SIGKILL');
        return;
      default:
        return;
    }
  }

  function start(): void {
    // The system refuses a start now and then: no process, another look later.
    if (random.next() < 0.02) {
      failures += 1;
      plan(0, { type: 'spawn-failed', problem: { message: 'no memory' }, busy: true });
      return;
    }
    if (endedAt !== null && failures === 0 && now !== endedAt && inWindow() < maxStarts) {
      throw new Error(`the first start after an end came ${now - endedAt} ms later`);
    }
    pid += 1;
    starts.push(now);
    if (inWindow() > maxStarts) {
      throw new Error(`${inWindow()} starts within ten minutes, the last at ${now} ms`);
    }
    readyAt = null;
    dispatch({ type: 'spawned', identity: { pid, startedAt: String(pid), nonce: '' } });
    const fate = random.weighted({ 'at-once': 3, soon: 3, later: 3, long: 2, slow: 1, hang: 1 });
    if (fate === 'slow') {
      plan(MINUTE, { type: 'overdue', problem: { message: 'not ready' } });
      return;
    }
    if (fate !== 'at-once') plan(80, { type: 'ready', proof: 'healthy', readyAt: now + 80 });
    const ms = {
      'at-once': random.between(0, 70),
      soon: random.between(100, 2_000),
      later: random.between(2_000, 70_000),
      long: random.between(50_000, 20 * MINUTE),
      hang: random.between(100, 2 * MINUTE),
    }[fate];
    if (fate === 'hang')
      plan(ms, { type: 'hung', problem: { message: 'no answer' }, hears: 'doubtful' });
    else if (random.next() < 0.3) plan(ms, exit(null, 'SIGKILL'));
    else plan(ms, exit(random.pick([0, 1, 75]), null));
  }

  const inWindow = (): number => starts.filter((at) => at > now - windowMs).length;

  function exit(code: number | null, signal: string | null): Event {
    const conflict = random.between(0, 11) === 0 ? { message: 'its port was taken' } : null;
    return { type: 'exited', code, signal, conflict, told: null };
  }

  function end(code: number | null, signal: string | null): void {
    plan(0, exit(code, signal));
  }

  function dispatch(event: Event): void {
    if (event.type === 'ready') readyAt = now;
    if (event.type === 'exited') {
      ends += 1;
      failures = readyAt !== null && now - readyAt >= healthyMs ? 0 : model.ladder.failures;
      // A port that another program holds is looked at later.
      endedAt = event.conflict ? null : now;
    }
    const step = reduce(model, event, {
      now,
      wall: now,
      random: random.next(),
      name: 'g',
      graceMs: 10_000,
      exitCodes: { restart: [75], fatal: [78] },
      recheckMs: defaultTuning.recheckMs,
    });
    model = step.model;
    for (const effect of step.effects) carryOut(effect);
  }

  dispatch({ type: 'start' });
  while (now < lengthMs) {
    queue.sort((a, b) => a.at - b.at);
    const [next] = queue;
    const { planned } = timer;
    const due = planned && (!next || planned.at < next.at) ? planned : next;
    if (!due) throw new Error(`nothing will ever happen again; it is ${model.state.status}`);
    if (due === planned) timer.planned = null;
    else queue.shift();
    if (model.state.status === 'waiting' && due.at - now > LONGEST_SILENCE) {
      throw new Error(`it waits for ${due.at - now} ms`);
    }
    now = due.at;
    dispatch(due.event);
  }
  return { starts: starts.length, ends };
}

/** Runs both lengths and says what came of it. */
export function runPolicy(seed: number): { name: string; passed: boolean }[] {
  return LIVES.map(({ name, ms, gateways }) => {
    const title = `the shipped policy keeps its word for ${name} on a virtual clock`;
    const sums = { starts: 0, ends: 0 };
    for (let n = 0; n < gateways; n += 1) {
      try {
        const { starts, ends } = live(seeded(seed + n), ms);
        sums.starts += starts;
        sums.ends += ends;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        console.log(`FAILED: ${title}: seed ${seed}, gateway ${n}: ${why}`);
        return { name: title, passed: false };
      }
    }
    console.log(
      `policy: ${gateways} gateways for ${name}: ${sums.ends} ends, ${sums.starts} starts`,
    );
    return { name: title, passed: true };
  });
}

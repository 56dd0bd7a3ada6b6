/**
 * What a gateway was like, and when, as its events tell it: pure. A time that nobody can speak for is
 * `unknown`, never `down`.
 *
 *   watched:     ready ───────────► ended ──► ready ─────────►        up, down, up
 *   watcher gone:   … unwatched ─────────── watching, adopted(same)   it ran on: as before
 *                   … unwatched ─────────── watching, started         unknown until `watching`
 *                   … (killed: last sign) ─ watching, started         unknown from the last sign
 *   asleep:      ────────[asleep ms]──►                                unknown for `ms` before the event
 *
 * Clocks are set, and jump. So an event carries how long the machine had been up, which is never set: the
 * events of one watcher (from `watching` to the next) keep the distances of that scale, placed where the
 * clock has come to stand last. What is still later than a later event is moved to that one.
 */
import { statusReason } from '../../contract/event-words.ts';
import type { EventStatus, GatewayEvent, SegmentEvent } from '../../contract/events.ts';
import { en } from '../../words/en/index.ts';

export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly status: EventStatus;
  readonly reason: string;
  /** What the reason was taken from; absent where no event says it. */
  readonly event?: SegmentEvent;
  /** Of events that were left out: how long each status lasted. */
  readonly totals?: Readonly<Record<string, number>>;
  /** Nobody watched; what a later event says of the same process holds for it. */
  readonly gap?: boolean;
}

/** The moment of the question. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** How long the machine has been up, milliseconds; null when the last watcher does not serve any more. */
  readonly up: number | null;
}

const statuses: readonly EventStatus[] = ['up', 'unwell', 'down', 'off', 'unknown'];

/** Some systems count the time since boot in whole seconds. */
const precisionMs = 2_000;

/** The events with times that can be compared, in order, none later than now. */
export function straighten(events: readonly GatewayEvent[], { now, up }: Moment): GatewayEvent[] {
  let offset = up === null ? null : now - up;
  let earliest = now;
  const straight = [...events].reverse().map((event) => {
    if (event.up !== undefined) offset ??= event.at - event.up;
    const told = event.up === undefined || offset === null ? event.at : event.up + offset;
    const at = Math.abs(told - event.at) <= precisionMs ? event.at : told;
    // Before this one another watcher wrote, perhaps before a restart of the machine.
    if (event.kind === 'watching') offset = null;
    return { ...event, at };
  });
  // The last one of a watcher is where its clock has come to stand: earlier ones give way.
  return straight
    .map((event) => {
      earliest = Math.min(earliest, event.at);
      return { ...event, at: earliest };
    })
    .reverse();
}

/** What the gateway was like from its first event until `moment`, without a gap; `events` in order. */
export function timeline(events: readonly GatewayEvent[], moment: Moment): Piece[] {
  const line = new Timeline();
  for (const event of events) line.add(event);
  line.cut(moment.now);
  return line.pieces;
}

type Lasting = Pick<Piece, 'status' | 'reason' | 'event' | 'gap'> & { readonly since: number };

const { nobodyWatched: nobody, machineOff, notWanted } = en.events;

class Timeline {
  pieces: Piece[] = [];
  #lasting: Lasting | null = null;
  #process: Started | null = null;
  /** What it was like when nobody watched any more. */
  #before: Lasting | null = null;

  add(event: GatewayEvent): void {
    switch (event.kind) {
      case 'watching':
        this.#watch(event);
        break;
      case 'unwatched':
        this.#leave(event.at, nobody);
        break;
      case 'adopted':
        this.#adopt(event);
        break;
      case 'asleep':
        this.#sleep(event);
        break;
      case 'left-out':
        this.#leaveOut(event);
        break;
      default:
        this.#follow(event);
    }
    this.#process = processOf(event) ?? this.#process;
  }

  /** Ends what lasts until `at`, and lets it go on from there. */
  cut(at: number): void {
    const lasting = this.#lasting;
    if (!lasting || at <= lasting.since) return;
    const { since, ...rest } = lasting;
    this.pieces.push({ from: since, to: at, ...rest });
    this.#lasting = { ...lasting, since: at };
  }

  #turn(at: number, next: Omit<Lasting, 'since'>): void {
    this.cut(at);
    this.#lasting = { ...next, since: Math.max(at, this.#lasting?.since ?? at) };
  }

  #follow(event: GatewayEvent): void {
    const status = statusOf(event);
    // A start says less than why it was needed.
    if (status === null || (event.kind === 'started' && this.#lasting?.status === status)) return;
    this.#turn(event.at, { status, ...reasonOf(event) });
  }

  /** Nobody watches from `at` on. What was stopped on purpose stays so: nothing starts it. */
  #leave(at: number, reason: string): void {
    const lasting = this.#lasting;
    if (!lasting || lasting.status === 'off' || lasting.gap) return;
    this.#before = lasting;
    this.#turn(at, { status: 'unknown', reason, gap: true });
  }

  #watch(event: GatewayEvent): void {
    const since = this.#lasting?.since ?? event.at;
    // Without an `unwatched` before: the watcher was killed, or the power went.
    this.#leave(Math.min(Math.max(event.lastSign ?? since, since), event.at), nobody);
    const lasting = this.#lasting;
    const wasOff = lasting?.gap === true && (event.bootedAt ?? 0) > lasting.since;
    if (lasting && wasOff) this.#lasting = { ...withoutEvent(lasting), reason: machineOff };
    const status = statusOf(event) ?? 'unknown';
    const gap = status === 'unknown';
    const unknown = wasOff ? machineOff : nobody;
    this.#turn(event.at, { status, reason: gap ? unknown : notWanted, gap });
  }

  /** The same process as before: it ran on all the time. */
  #adopt(event: GatewayEvent): void {
    const before = this.#before;
    this.#before = null;
    if (!before || !isSame(processOf(event), this.#process)) {
      this.#follow(event);
      return;
    }
    const { since: _, gap: _gap, ...known } = before;
    this.cut(event.at);
    this.pieces = this.pieces.map((piece) =>
      piece.gap && piece.from >= before.since
        ? { from: piece.from, to: piece.to, ...known }
        : piece,
    );
    this.#turn(event.at, known);
  }

  #sleep(event: GatewayEvent): void {
    const { at, ms = 0 } = event;
    const lasting = this.#lasting;
    if (!lasting || lasting.status === 'unknown') return;
    this.#turn(at - ms, { status: 'unknown', ...reasonOf(event) });
    this.#turn(at, lasting);
  }

  #leaveOut(event: GatewayEvent): void {
    const { at, since = at, totals = {} } = event;
    this.cut(since);
    const why = reasonOf(event);
    const worst = (['down', 'unwell', 'up', 'off'] as const).find((one) => (totals[one] ?? 0) > 0);
    const from = Math.max(since, this.#lasting?.since ?? since);
    const status = worst ?? 'unknown';
    if (at > from) this.pieces.push({ from, to: at, status, ...why, totals });
    this.#lasting = { since: Math.max(at, from), status: statusOf(event) ?? status, ...why };
  }
}

/** A reason in English, and the facts that another language says it by. */
function reasonOf(event: GatewayEvent): Pick<Piece, 'reason' | 'event'> {
  const { output: _, logEnd: _end, ...facts } = event;
  return { reason: statusReason(event), event: facts };
}

function withoutEvent({ event: _, ...lasting }: Lasting): Lasting {
  return lasting;
}

function statusOf({ status }: GatewayEvent): EventStatus | null {
  if (status === undefined) return null;
  const known = statuses.find((one) => one === status);
  // Only a later version knows what that is like.
  return known ?? 'unknown';
}

interface Started {
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

function processOf({ pid, startedAt }: GatewayEvent): Started | null {
  return pid === undefined || startedAt === undefined ? null : { pid, startedAt };
}

/** Who starts a process and who adopts it have read the clock moments apart. No pid is reused that soon. */
const sameStartMs = 1_000;

function isSame(one: Started | null, other: Started | null): boolean {
  if (!one || !other) return one === other;
  return one.pid === other.pid && Math.abs(one.startedAt - other.startedAt) < sameStartMs;
}

/**
 * Writes one gateway's history while it is supervised: what its machine's steps leave (transitions.ts),
 * and what others note. Written after the moment in which it happens, because nothing may delay a
 * respawn. When the disk is full the history stops, which is said, and the gateway is supervised as before.
 */
import { errorText } from '../../contract/error-text.ts';
import type { EventFacts, StartReason } from '../../contract/events.ts';
import type { Problem } from '../../contract/gateway.ts';
import { diskTrouble } from '../../files/disk-problem.ts';
import type { Clock } from '../../process/index.ts';
import type { Event, Model } from '../model.ts';
import type { EventLog, EventMoment } from './event-log.ts';
import { newStory, type Story, statusIn, tell } from './transitions.ts';

/** Soon enough after disk space was freed. */
const retryMs = 5_000;
/** Kept for the time when there is room again. */
const maxPending = 100;

export interface RecorderDeps {
  readonly log: Pick<EventLog, 'file' | 'seq' | 'moment' | 'append' | 'reopen' | 'hasUpdate'>;
  /** The first event of this watcher. */
  readonly begin: EventFacts;
  readonly clock: Clock;
  readonly name: () => string;
  readonly model: () => Model;
  /** Null: the problem is over. */
  readonly notice: (problem: Problem | null) => void;
  /** Something was written. */
  readonly changed: () => void;
}

export class Recorder {
  readonly #deps: RecorderDeps;
  #story: Story;
  /** When each fact of the story happened. */
  #moments: EventMoment[] = [];
  #pending: (EventFacts & EventMoment)[] = [];
  #leftOut = 0;
  #begin: (EventFacts & EventMoment) | null = null;
  #flush: NodeJS.Immediate | null = null;
  #cancelRetry = (): void => {};
  #failed = false;
  #open = false;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#story = newStory('watcher');
    this.open(deps.begin);
  }

  /** The number of the newest event. */
  get seq(): number {
    return this.#deps.log.seq;
  }

  /** Records from here on, after what another watcher may have written. */
  open(begin: EventFacts): void {
    this.#deps.log.reopen();
    this.#open = true;
    this.#story = newStory(startReason(begin));
    this.#begin = { ...begin, ...this.#deps.log.moment() };
    this.#soon();
  }

  /** The machine made a step. */
  step(before: Model, event: Event, after: Model): void {
    if (!this.#open || before === after) return;
    const moment = this.#deps.log.moment();
    this.#story = tell(this.#story, { before, event, after, now: moment.at });
    this.#take(moment);
  }

  /** Something happened to the gateway that its machine does not decide. */
  note(facts: EventFacts): void {
    if (!this.#open || (facts.update !== undefined && this.#deps.log.hasUpdate(facts))) return;
    this.#story = { ...this.#story, facts: [...this.#story.facts, facts] };
    this.#take(this.#deps.log.moment());
  }

  /** Writes what has happened; nothing more is recorded until it is opened again. */
  close(): void {
    this.flush();
    this.#cancelRetry();
    this.#open = false;
  }

  flush(): void {
    if (this.#flush) clearImmediate(this.#flush);
    this.#flush = null;
    if (!this.#open) return;
    this.#collect();
    if (this.#pending.length === 0) return;
    try {
      this.#deps.log.append(this.#lines());
      this.#pending = [];
      this.#leftOut = 0;
      if (this.#failed) this.#deps.notice(null);
      this.#failed = false;
      this.#deps.changed();
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(moment: EventMoment): void {
    while (this.#moments.length < this.#story.facts.length) this.#moments.push(moment);
    if (this.#moments.length > 0) this.#soon();
  }

  #soon(): void {
    this.#flush ??= setImmediate(() => this.flush());
  }

  #collect(): void {
    const moments = this.#moments;
    const facts = this.#story.facts.flatMap((fact, index) => {
      const moment = moments[index];
      return moment ? [{ ...fact, ...moment }] : [];
    });
    this.#story = { ...this.#story, facts: [] };
    this.#moments = [];
    const begin = this.#begin;
    this.#begin = null;
    if (begin) this.#pending.push(facts.length > 0 ? begin : withStatus(begin, this.#deps.model()));
    this.#pending.push(...facts);
    const tooMany = this.#pending.length - maxPending;
    if (tooMany > 0) this.#leftOut += this.#pending.splice(0, tooMany).length;
  }

  #lines(): readonly (EventFacts & EventMoment)[] {
    const [first] = this.#pending;
    if (this.#leftOut === 0 || !first) return this.#pending;
    const { at, up } = first;
    return [
      { kind: 'left-out', status: 'unknown', count: this.#leftOut, at, up },
      ...this.#pending,
    ];
  }

  #fail(error: unknown): void {
    const { log, name, notice, clock } = this.#deps;
    const disk = diskTrouble(error, log.file);
    const why = disk?.message ?? errorText(error);
    if (!this.#failed) {
      notice({
        message: `The history of ${name()} can't be written: ${why}`,
        hint: `${disk?.hint ?? 'Check the file.'} The gateway is looked after as before.`,
      });
    }
    this.#failed = true;
    this.#cancelRetry();
    this.#cancelRetry = clock.after(retryMs, () => this.flush());
  }
}

/** A gateway that nothing is done about is as its machine says. */
function withStatus<T extends EventFacts>(begin: T, model: Model): T {
  return 'identity' in model.state ? begin : { ...begin, status: statusIn(model) };
}

function startReason({ why }: EventFacts): StartReason {
  return why === 'boot' || why === 'added' ? why : 'watcher';
}

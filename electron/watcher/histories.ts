/**
 * The histories of this watcher's gateways: where each is written, how it begins under this watcher, and
 * what is answered about it.
 *
 * A watcher that is killed, or a power cut, leaves no last line. So a file `seen` is touched now and then,
 * whenever the watcher is awake anyway: until then its gateways were looked after.
 */
import {
  closeSync,
  constants,
  futimesSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { appVersion } from '../contract/build-info.ts';
import type { Output } from '../contract/define.ts';
import { ContractError } from '../contract/define.ts';
import type { EventFacts, EventSummary, WatchReason } from '../contract/events.ts';
import type { WatcherContract } from '../contract/watcher-contract.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { openPlainFile } from '../files/untrusted-file.ts';
import { EventLog, readHistory } from '../gateway/events/event-log.ts';
import { summarize } from '../gateway/events/summary.ts';
import { systemUptimeMs } from '../process/index.ts';

/** As exact as the end of a killed watcher has to be known. */
const seenEveryMs = 5 * 60_000;
/** How long the history of a gateway that was removed is kept: as long as someone may want it back. */
const keptAfterRemovalMs = 30 * 86_400_000;

const fileEnd = '.jsonl';

interface GatewayHistory {
  readonly log: EventLog;
  readonly begin: EventFacts;
}

export class Histories {
  readonly #state: Pick<StateFolder, 'events' | 'eventFile' | 'gatewayLog'>;
  readonly #now: () => number;
  /** Why this watcher began; null once its first gateways are set up. */
  #began: WatchReason | null;
  readonly #lastSeen: number;
  #touched = Number.NEGATIVE_INFINITY;

  /** @param began why this watcher looks after gateways: `started` or `succession` */
  constructor(
    state: Pick<StateFolder, 'events' | 'eventFile' | 'gatewayLog'>,
    began: WatchReason,
    now: () => number = Date.now,
  ) {
    this.#state = state;
    this.#began = began;
    this.#now = now;
    this.#lastSeen = changedAt(this.#seenFile());
  }

  /** For a gateway that this watcher begins to look after. */
  of(id: string): GatewayHistory {
    const log = new EventLog(this.#state.eventFile(id));
    const now = this.#now();
    const last = log.newest?.at ?? 0;
    const bootedAt = Math.round(now - systemUptimeMs());
    const signs = [last, this.#lastSeen, changedAt(this.#state.gatewayLog(id))];
    const lastSign = Math.max(...signs.filter((sign) => sign <= now));
    const why = this.#reason(last, bootedAt);
    return {
      log,
      begin: {
        kind: 'watching',
        why,
        version: appVersion,
        bootedAt,
        ...(last === 0 ? {} : { lastSign: Math.round(lastSign) }),
      },
    };
  }

  /** The first gateways are set up: what is set up from here on was added. */
  begun(): void {
    this.#began = null;
  }

  list(
    id: string,
    { before = Number.POSITIVE_INFINITY, limit }: { before?: number | undefined; limit: number },
  ): Output<WatcherContract, 'events.list'> {
    const { events, damaged } = this.#read(id);
    const older = events.filter(({ seq }) => seq < before);
    return { events: older.slice(-limit).reverse(), more: older.length > limit, damaged };
  }

  /** @param watched whether this watcher looks after it */
  summary(
    id: string,
    span: { readonly from: number; readonly to: number },
    watched: boolean,
  ): EventSummary {
    if (span.to <= span.from) throw new ContractError('That span of time is empty.');
    const up = watched ? systemUptimeMs() : null;
    return summarize(this.#read(id).events, span, { now: this.#now(), up });
  }

  /** The watcher is awake, and looks after its gateways. Never fails. */
  touch(): void {
    const now = this.#now();
    if (Math.abs(now - this.#touched) < seenEveryMs) return;
    this.#touched = now;
    try {
      mkdirSync(this.#state.events, { recursive: true, mode: 0o700 });
      const flags = constants.O_WRONLY | constants.O_CREAT;
      const fd = openPlainFile(this.#seenFile(), {}, { flags });
      futimesSync(fd, now / 1_000, now / 1_000);
      closeSync(fd);
    } catch {
      // The history itself says that the disk is full.
    }
  }

  /** Removes what is left of gateways that were removed long ago. Never fails. */
  sweep(ids: ReadonlySet<string>): void {
    try {
      for (const name of readdirSync(this.#state.events)) {
        const id = name.endsWith(fileEnd) ? name.slice(0, -fileEnd.length) : null;
        const file = path.join(this.#state.events, name);
        if (id === null || ids.has(id)) continue;
        if (this.#now() - changedAt(file) > keptAfterRemovalMs) rmSync(file, { force: true });
      }
    } catch {
      // There is no such folder yet.
    }
  }

  #reason(last: number, bootedAt: number): WatchReason {
    if (this.#began === null || last === 0) return 'added';
    return this.#began === 'started' && bootedAt > last ? 'boot' : this.#began;
  }

  #read(id: string): ReturnType<typeof readHistory> {
    return readHistory(this.#state.eventFile(id));
  }

  #seenFile(): string {
    return path.join(this.#state.events, 'seen');
  }
}

/** Epoch milliseconds; 0 for a file that is not there. */
function changedAt(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

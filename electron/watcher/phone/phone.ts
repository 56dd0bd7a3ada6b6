/**
 * Tells the phone what the desktop would be told, also while no app is open: what is said is decided by
 * notices/, when it is sent by the outbox. Without an address nothing is decided, remembered or sent.
 */
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { ContractError } from '../../contract/define.ts';
import { errorText } from '../../contract/error-text.ts';
import type { PhoneKind, PhoneView } from '../../contract/phone.ts';
import type { WatcherState } from '../../contract/watcher-contract.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { factsOfWatcher } from '../../notices/facts.ts';
import {
  initialNotices,
  type NoticeState,
  rememberedOf,
  stepNotices,
} from '../../notices/notices.ts';
import type { Clock } from '../../process/index.ts';
import { type Message, postOf, testMessage } from './message.ts';
import { added, answered, emptyOutbox, nextMessage, type Outbox } from './outbox.ts';
import {
  type PhoneSettings,
  readPhone,
  readPhoneMemory,
  writePhone,
  writePhoneMemory,
} from './phone-files.ts';
import { type Answer, send } from './post.ts';
import { type Target, targetOf, withoutSecrets } from './target.ts';

export interface PhoneDeps {
  readonly state: Pick<StateFolder, 'phone' | 'phoneMemory'>;
  readonly published: () => WatcherState;
  /** The name of this computer. */
  readonly machine: string;
  readonly clock: Clock;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: { info(message: string): void; warn(message: string): void };
}

/** On this computer, by its clocks. */
export function createPhone(deps: Omit<PhoneDeps, 'machine' | 'now'>): Phone {
  return new Phone({ ...deps, machine: hostname(), now: Date.now });
}

interface Chosen {
  readonly settings: PhoneSettings;
  readonly target: Target;
}

export class Phone {
  readonly #deps: PhoneDeps;
  #chosen: Chosen | null = null;
  #notices: NoticeState = initialNotices({});
  #outbox: Outbox = emptyOutbox;
  #last: PhoneView['last'] = null;
  #saved = '';
  #cancelWaits: (() => void)[] = [];
  /** Aborted when nothing may be sent any more; a new one when it may. */
  #work = new AbortController();
  #isSending = false;

  constructor(deps: PhoneDeps) {
    this.#deps = deps;
    this.#load();
  }

  /** Something that is published has changed, or the time for something has come. */
  notice(): void {
    if (!this.#chosen || this.#work.signal.aborted) return;
    const now = this.#deps.now();
    const facts = factsOfWatcher(this.#deps.published(), this.#chosen.settings.tell);
    // Whoever gets it on the phone may be anywhere: nothing counts as seen.
    const { next, say } = stepNotices(this.#notices, facts, null, now);
    this.#notices = next;
    this.#outbox = added(this.#outbox, say, now);
    // Before it is sent: what is told twice is worse than what is not told.
    this.#save();
    this.#plan();
    void this.#sendDue();
  }

  /** Something waits to be sent: the watcher must not end. */
  busy(): boolean {
    return this.#outbox.waiting.length > 0;
  }

  view(): PhoneView {
    const { settings, target } = this.#chosen ?? {};
    return {
      target: target ? { kind: target.kind, host: target.url.host } : null,
      tell: settings?.tell ?? 'problems',
      last: this.#last,
    };
  }

  /** Throws a sentence without the address when it can't be used or saved. */
  set(kind: PhoneKind, address: string, tell: PhoneSettings['tell']): PhoneView {
    const target = targetOf(kind, address);
    this.#change({ settings: { schema: 1, kind, address: address.trim(), tell }, target });
    this.#last = null;
    // What waits was meant for another address.
    this.#outbox = emptyOutbox;
    this.notice();
    return this.view();
  }

  tell(tell: PhoneSettings['tell']): PhoneView {
    if (!this.#chosen) throw new ContractError('No address is set yet.');
    this.#change({ ...this.#chosen, settings: { ...this.#chosen.settings, tell } });
    return this.view();
  }

  remove(): PhoneView {
    const { phone, phoneMemory } = this.#deps.state;
    for (const file of [phone, phoneMemory]) rmSync(file, { force: true });
    this.#chosen = null;
    this.#outbox = emptyOutbox;
    this.#notices = initialNotices({});
    this.#last = null;
    this.#saved = '';
    this.#stop();
    this.#work = new AbortController();
    return this.view();
  }

  /** To `typed`, or to the address that is set. */
  async test(typed: { kind: PhoneKind; address: string } | null) {
    const target = typed ? targetOf(typed.kind, typed.address) : this.#chosen?.target;
    if (!target) throw new ContractError('No address is set yet.');
    const answer = await this.#post(target, testMessage);
    return { arrived: answer.type === 'taken', answer: sentenceOf(target, answer) };
  }

  /** Another watcher takes over, or this one ends: nothing is sent any more. */
  pause(): void {
    this.#stop();
  }

  /** It stays after all. */
  resume(): void {
    this.#work = new AbortController();
    this.#load();
    this.notice();
  }

  #load(): void {
    const { state, log, now } = this.#deps;
    try {
      const settings = readPhone(state.phone);
      const target = settings && targetOf(settings.kind, settings.address);
      this.#chosen = settings && target ? { settings, target } : null;
    } catch (error) {
      // These sentences name the file, and nothing that is in it.
      log.warn(`No messages are sent to the phone: ${errorText(error)}`);
      this.#chosen = null;
    }
    if (!this.#chosen) return;
    const { told, ...outbox } = readPhoneMemory(state.phoneMemory);
    this.#notices = initialNotices(told);
    this.#outbox = outbox;
    // A clock that was set back must not keep it for years.
    if (outbox.dueAt !== null && outbox.dueAt > now() + 2 * 60 * 60_000) {
      this.#outbox = { ...outbox, dueAt: now() };
    }
  }

  #change(chosen: Chosen): void {
    try {
      writePhone(this.#deps.state.phone, chosen.settings);
    } catch (error) {
      throw new ContractError(`That could not be saved: ${errorText(error)}`);
    }
    this.#chosen = chosen;
  }

  #save(): void {
    const memory = { told: rememberedOf(this.#notices), ...this.#outbox };
    const text = JSON.stringify(memory);
    if (text === this.#saved) return;
    this.#saved = text;
    try {
      writePhoneMemory(this.#deps.state.phoneMemory, memory);
    } catch (error) {
      this.#deps.log.warn(`What the phone was told was not saved: ${errorText(error)}`);
    }
  }

  #stop(): void {
    for (const cancel of this.#cancelWaits.splice(0)) cancel();
    this.#work.abort();
  }

  /** Waits for the next thing that is due. */
  #plan(): void {
    const { clock, now } = this.#deps;
    for (const cancel of this.#cancelWaits.splice(0)) cancel();
    const due = [this.#notices.dueAt, this.#isSending ? null : this.#outbox.dueAt];
    this.#cancelWaits = due
      .filter((at) => at !== null)
      .filter((at) => at > now())
      .map((at) => clock.after(at - now(), () => this.notice()));
  }

  async #sendDue(): Promise<void> {
    const { now } = this.#deps;
    const { dueAt, waiting } = this.#outbox;
    const message = nextMessage(this.#outbox);
    const target = this.#chosen?.target;
    if (this.#isSending || !message || !target || dueAt === null || dueAt > now()) return;
    this.#isSending = true;
    const { signal } = this.#work;
    const answer = await this.#post(target, message).catch(() => null);
    this.#isSending = false;
    if (signal.aborted) return;
    // Meant for another address meanwhile: what waits now has not been sent.
    if (answer && target === this.#chosen?.target) this.#take(target, waiting.length, answer);
    this.notice();
  }

  /** @param sent how many messages were in what was sent */
  #take(target: Target, sent: number, answer: Answer): void {
    const { now, log } = this.#deps;
    const { next, isGivenUp } = answered(this.#outbox, sent, answer, now());
    this.#outbox = next;
    const problem = answer.type === 'taken' ? null : sentenceOf(target, answer);
    this.#last = { at: now(), problem, nextAt: problem === null ? null : next.dueAt };
    if (isGivenUp) log.warn(`A message to the phone was given up: ${problem}`);
    this.#save();
  }

  #post(target: Target, message: Message): Promise<Answer> {
    const { machine, clock, now } = this.#deps;
    return send(postOf(target, message, machine), { clock, now, signal: this.#work.signal });
  }
}

const longestExcerpt = 160;

/** `ntfy.sh answers 500 Internal Server Error: “disk full”.` Without what is secret in the address. */
export function sentenceOf(target: Target, answer: Answer): string {
  const { host } = target.url;
  if (answer.type === 'taken') return `${host} has taken it (${answer.status}).`;
  const shown = withoutSecrets(target, answer.body)?.replace(/\s+/g, ' ').trim() ?? '';
  const said = shown === '' ? '' : `: “${[...shown].slice(0, longestExcerpt).join('')}”`;
  return `${host} ${answer.clause}${said}.`;
}

/**
 * A bridge for tests and the gallery, made from the contract itself: every call in the contract is
 * answered, a call that is not in it cannot be made, and whatever travels is parsed on both ways by
 * the contract's schemas, as it is in the app.
 */
import * as z from 'zod/mini';
import {
  type AppContract,
  type AppState,
  appContract,
} from '../../electron/contract/app-contract.ts';
import type {
  CallName,
  Client,
  EventName,
  EventPayload,
  Handlers,
  Output,
} from '../../electron/contract/define.ts';
import { createPublisher, type Publisher } from '../../electron/contract/snapshot.ts';

type Name = CallName<AppContract>;
type Event = EventName<AppContract>;

interface MockCall {
  readonly name: Name;
  readonly input: unknown;
}

export interface MockBridge extends Client<AppContract> {
  /** Every call that was made, in order. */
  readonly calls: readonly MockCall[];
  readonly publisher: Publisher<AppState>;
  /** Publishes a changed state; the window hears of it as a patch. */
  publish(change: Partial<AppState>): void;
  /** Sends an event, whatever the publisher knows. */
  emit<E extends Event>(event: E, payload: EventPayload<AppContract, E>): void;
  listeners(): number;
}

const noneFound = { set: 'a', live: 0, whole: true, count: 0, hits: [], lines: [], end: 0 };

const noPhone = { target: null, tell: 'problems', last: null } as const;

const done = (): null => null;

const updateDefaults = {
  'update.check': done,
  'update.download': done,
  'update.pause': done,
  'update.cancel': done,
  'update.install': done,
  'update.retry': done,
  'update.goBack': done,
  'update.keepVersion': done,
  'update.undoVersion': done,
};

/** What is answered unless a test says otherwise. */
function defaults(publisher: Publisher<AppState>): Handlers<AppContract> {
  return {
    subscribe: () => ({ ...publisher.snapshot() }),
    'gateway.start': done,
    'gateway.stop': done,
    'gateway.restart': done,
    'gateway.endNow': done,
    'gateway.movePort': done,
    'gateway.update': done,
    'gateway.checkVersion': done,
    'gateway.updateWhen': done,
    'gateway.keepVersion': done,
    'gateway.undoVersion': done,
    'preset.list': () => [],
    'gateways.export': () => ({ file: '/home/you/holdfast-gateways.json', count: 1 }),
    'gateways.import': () => null,
    'preset.add': ({ id }) => ({ id }),
    'profile.list': () => [],
    'profile.suggest': () => null,
    'profile.save': done,
    'profile.remove': done,
    'profile.restore': done,
    'profile.check': () => [],
    'profile.test': () => ({ ran: true, outcome: 'It ran for 10 s.', lines: ['ready'] }),
    'profile.duplicate': ({ id }) => ({ id: `${id}-copy` }),
    'profile.reveal': done,
    'profile.open': done,
    'path.choose': () => ({ path: null }),
    'events.list': () => ({ events: [], more: false, damaged: 0 }),
    'events.summary': ({ from, to }) => ({
      from,
      to,
      segments: [],
      availability: null,
      longestAbsence: null,
      restarts: 0,
    }),
    'phone.show': () => noPhone,
    'phone.set': () => noPhone,
    'phone.tell': () => noPhone,
    'phone.remove': () => noPhone,
    'phone.test': () => ({ arrived: true, answer: 'ntfy.example has taken it (200).' }),
    'usage.sample': () => ({ at: 0, gateways: {} }),
    'log.follow': ({ id }) => ({ file: `/logs/gateways/${id}.log`, lines: [] }),
    'log.unfollow': done,
    'log.reveal': done,
    'report.contents': () => ({
      schema: 1,
      file: null,
      bytes: 302_000,
      files: [
        { name: 'about.json', bytes: 1_000, cut: false },
        { name: 'settings.json', bytes: 1_000, cut: false },
        { name: 'logs/gateways/hermes.log', bytes: 300_000, cut: true },
      ],
      leftOut: [{ name: 'logs/watcher.log', why: 'it is a link' }],
    }),
    'report.save': () => ({ file: '/home/u/holdfast-report.zip' }),
    'log.search': () => noneFound,
    'log.read': ({ set }) => ({ set, live: 0, lines: [], atBegin: true, atEnd: true }),
    'log.marks': ({ lines }) => lines.map(() => []),
    'log.save': () => null,
    'log.openLink': done,
    ...updateDefaults,
    'receipt.dismiss': done,
    'receipt.list': () => [],
    'settings.change': done,
    'launcher.onPath': done,
    'view.shown': done,
    'quit.answer': done,
  };
}

export function createMockBridge(
  state: AppState,
  handlers: Partial<Handlers<AppContract>> = {},
): MockBridge {
  const publisher = createPublisher(state);
  const answers = { ...defaults(publisher), ...handlers };
  const calls: MockCall[] = [];
  const listeners = new Set<{ event: Event; hear: (payload: unknown) => void }>();

  const bridge: MockBridge = {
    calls,
    publisher,
    async call(name, input) {
      const schemas = appContract.calls[name];
      const parsed = z.parse(schemas.input, input);
      calls.push({ name, input: parsed });
      // The app is another process: it never answers before the caller goes on.
      await Promise.resolve();
      const answer: unknown = await Reflect.apply(answers[name], undefined, [parsed]);
      // Parsed by this very call's schema; the compiler can't follow a schema through its key.
      return z.parse(schemas.output, answer) as Output<AppContract, typeof name>;
    },
    on(event, listener) {
      const schema = appContract.events[event];
      const entry = {
        event,
        // The same as above, for this event's schema.
        hear: (payload: unknown) =>
          listener(z.parse(schema, payload) as EventPayload<AppContract, typeof event>),
      };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    publish(change) {
      publisher.publish({ ...publisher.snapshot().state, ...change });
    },
    emit(event, payload) {
      for (const entry of [...listeners]) if (entry.event === event) entry.hear(payload);
    },
    listeners: () => listeners.size,
  };
  publisher.subscribe((patch) => bridge.emit('patch', patch));
  return bridge;
}

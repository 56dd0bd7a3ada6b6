/** What the window may do about messages to the phone: send to no new host without the user. */
import { beforeEach, expect, test } from 'vitest';
import type { PhoneView } from '../contract/phone.ts';
import { partsWith } from '../testing/app-states.ts';
import { createAppStore } from './app-store.ts';
import { createHandlers } from './handlers.ts';
import type { WindowCaller } from './ipc-server.ts';

const view: PhoneView = { target: null, tell: 'problems', last: null };
const caller: WindowCaller = { id: 1, send: () => {}, onGone: () => {} };
const typed = { kind: 'ntfy' as const, address: 'https://evil.example/?stolen=1' };

let agrees: boolean;
let asked: string[];
let sent: string[];
let handlers: ReturnType<typeof createHandlers>;

beforeEach(() => {
  agrees = false;
  asked = [];
  sent = [];
  handlers = createHandlers({
    store: createAppStore(partsWith()),
    watcher: {
      call: async (name: string) => {
        sent.push(name);
        return name === 'phone.test' ? { arrived: true, answer: '' } : view;
      },
      on: () => () => {},
    },
    confirmPhone: async (host: string) => {
      asked.push(host);
      return agrees;
    },
    // Not used by what is asked here.
  } as unknown as Parameters<typeof createHandlers>[0]);
});

test('nothing is sent to a new host, and none is kept, unless the user agrees to it', async () => {
  await expect(handlers['phone.set']({ ...typed, tell: 'all' }, caller)).rejects.toThrow(
    /not agree/,
  );
  await expect(handlers['phone.test'](typed, caller)).rejects.toThrow(/not agree/);
  expect(sent).toEqual([]);
  expect(asked).toEqual(['evil.example', 'evil.example']);
  agrees = true;
  await handlers['phone.set']({ ...typed, tell: 'all' }, caller);
  expect(sent).toEqual(['phone.set']);
});

test('the address that is set is tried without a question', async () => {
  await handlers['phone.test'](null, caller);
  expect(sent).toEqual(['phone.test']);
  expect(asked).toEqual([]);
});

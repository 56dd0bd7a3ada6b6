/** Who uses a file, as Windows' Restart Manager would answer. */
import { expect, test } from 'vitest';
import { type RestartManager, restartManagerHolders } from './restart-manager.ts';

/** As many users as `users` says at each question, and the files that were named. */
function manager(users: () => number): RestartManager & { named: number } {
  const own: RestartManager & { named: number } = {
    named: 0,
    start(session) {
      session[0] = 1;
      return 0;
    },
    register(_session, count) {
      own.named += count;
      return 0;
    },
    list(_session, needed, count, out) {
      const total = users();
      needed[0] = total;
      if (total > count[0]) return 234;
      count[0] = total;
      for (let at = 0; at < total; at += 1) {
        out.writeUInt32LE(1_000 + at, at * 668);
        out.write('program', at * 668 + 12, 'utf16le');
      }
      return 0;
    },
    end: () => 0,
  };
  return own;
}

const files = (count: number) => Array.from({ length: count }, (_, n) => `C:\\a\\${n}`);

test('more than 64 users of a file are all named', () => {
  const found = restartManagerHolders(
    files(1),
    manager(() => 300),
  );
  expect(found).toHaveLength(300);
  expect(found.at(-1)).toEqual({ pid: 1_299, name: 'program' });
});

test('users that come while it is asked are named, too', () => {
  let users = 60;
  const growing = manager(() => {
    users += 50;
    return users;
  });
  expect(restartManagerHolders(files(1), growing).length).toBeGreaterThan(64);
});

test('every file of a large folder is named', () => {
  const asked = manager(() => 0);
  restartManagerHolders(files(3_001), asked);
  expect(asked.named).toBe(3_001);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTree } from './copy-tree.ts';
import { restoreSnapshot } from './restore.ts';
import { takeSnapshot } from './snapshot.ts';

let root: string;
let data: string;
let file: string;
let target: string;
const writers: ChildProcess[] = [];
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-sqlite-')));
  data = join(root, 'data');
  mkdirSync(data);
  file = join(data, 'state.db');
  target = join(root, 'snapshot');
});
afterEach(async () => {
  for (const one of writers.splice(0)) await kill(one);
  await removeTree(root);
});

/**
 * Moves money between two accounts for ever, and says so when it has begun. In every state that a
 * reader may see, both together have 1000; a large column makes a transaction span many pages.
 */
const writing = `
const { DatabaseSync } = require('node:sqlite');
const [file, mode] = process.argv.slice(1);
const db = new DatabaseSync(file, { timeout: 10000 });
db.exec('PRAGMA journal_mode = ' + mode + '; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 50');
db.exec('CREATE TABLE account (id INTEGER PRIMARY KEY, money INTEGER, filler TEXT)');
const filler = 'x'.repeat(3000);
for (let id = 0; id < 200; id += 1)
  db.prepare('INSERT INTO account VALUES (?, 5, ?)').run(id, filler);
for (let n = 1; ; n += 1) {
  db.exec('BEGIN IMMEDIATE');
  for (let id = 0; id < 200; id += 1)
    db.prepare('UPDATE account SET money = money + ?, filler = ? WHERE id = ?').run(id % 2 ? n : -n, filler + n, id);
  db.exec('COMMIT');
  if (n === 3) console.log('writes');
}`;

async function writer(mode: 'wal' | 'delete'): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', writing, file, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writers.push(child);
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** What a program finds that opens it. */
function look(database: string): { check: unknown; money: unknown; rows: unknown } {
  const opened = new DatabaseSync(database);
  try {
    const one = (sql: string): unknown => Object.values(opened.prepare(sql).get() ?? {})[0];
    return {
      check: one('PRAGMA integrity_check'),
      money: one('SELECT sum(money) FROM account'),
      rows: one('SELECT count(*) FROM account'),
    };
  } finally {
    opened.close();
  }
}

const sound = { check: 'ok', money: 1_000, rows: 200 };

describe('a database that is written to', () => {
  it.each(['wal', 'delete'] as const)(
    'is copied as it was at one moment (%s) [R113]',
    async (mode) => {
      await writer(mode);
      for (let round = 0; round < 5; round += 1) {
        const copy = `${target}-${round}`;
        const { skipped } = await takeSnapshot([data], copy, { live: true, durable: false });
        expect(skipped).toEqual([]);
        const folder = join(copy, 'content', '0');
        expect(readdirSync(folder)).toEqual(['state.db']);
        expect(look(join(folder, 'state.db'))).toEqual(sound);
      }
    },
  );

  it('is copied with its log when another program holds it alone, and that is said [R113]', async () => {
    const holder = new DatabaseSync(file);
    holder.exec('PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE t (x); BEGIN EXCLUSIVE');
    try {
      const { skipped } = await takeSnapshot([data], target, { live: true });
      expect(skipped).toEqual([
        { path: file, why: 'it could only be copied while it may be written to' },
      ]);
      expect(existsSync(join(target, 'content', '0', 'state.db'))).toBe(true);
    } finally {
      holder.close();
    }
  });
});

describe('a database of a stopped gateway', () => {
  it('is copied and put back with its log, by folder', async () => {
    const child = await writer('wal');
    await kill(child);
    expect(readdirSync(data)).toContain('state.db-wal');
    await takeSnapshot([data], target);
    const seen = look(file);
    expect(seen).toEqual(sound);
    await restoreSnapshot(target);
    expect(readdirSync(data)).toContain('state.db-wal');
    expect(look(file)).toEqual(sound);
  });

  it('that is named by its file alone comes back without a newer log', async () => {
    new DatabaseSync(file).exec(
      'CREATE TABLE account (money INTEGER); INSERT INTO account VALUES (1000)',
    );
    await takeSnapshot([file], target);
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA journal_mode = wal; UPDATE account SET money = 7');
    // As a kill leaves them: the log beside the database.
    copyFileSync(`${file}-wal`, join(root, 'wal'));
    newer.close();
    copyFileSync(join(root, 'wal'), `${file}-wal`);
    await restoreSnapshot(target);
    expect(readdirSync(data)).toEqual(['state.db']);
    expect(look(file)).toEqual({ check: 'ok', money: 1_000, rows: 1 });
  });

  it('that nothing has open is not touched by a copy of a running gateway’s folder', async () => {
    const made = new DatabaseSync(file);
    made.exec('PRAGMA journal_mode = wal; CREATE TABLE account (money INTEGER)');
    made.exec('INSERT INTO account VALUES (1000)');
    made.close();
    await takeSnapshot([data], target, { live: true });
    expect(readdirSync(data)).toEqual(['state.db']);
    expect(look(join(target, 'content', '0', 'state.db')).money).toBe(1_000);
  });
});

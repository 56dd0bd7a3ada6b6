/** The keeper of one front: a front counts as open when it takes connections, however late that is. */

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createExitWaiter, type ExitWaiter, systemClock } from '../process/index.ts';
import { freePort } from '../testing/free-port.ts';
import { connectOnce } from '../testing/port-witness.ts';
import { Front, type FrontSpec } from './front.ts';

const { signal } = new AbortController();

let root: string;
let front: Front;
let waiter: ExitWaiter;
beforeEach(() => {
  waiter = createExitWaiter();
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-front-'));
});
afterEach(async () => {
  front.want(null);
  await front.settled();
  waiter.close();
  rmSync(root, { recursive: true, force: true });
});

/** Keeps a front whose program waits before it begins. */
function keep(delayMs: number): void {
  const script = path.join(root, 'front.mjs');
  const program = import.meta.resolve('../front/main.ts');
  writeFileSync(
    script,
    `await new Promise((resolve) => setTimeout(resolve, ${delayMs}));
     await import(${JSON.stringify(program)});`,
  );
  front = new Front({
    id: 'one',
    program: { node: process.execPath, script },
    stateRoot: root,
    clock: systemClock,
    waiter,
    record: () => undefined,
    changed: () => undefined,
    log: () => undefined,
  });
}

async function specOf(port: number): Promise<FrontSpec> {
  const words = { port, 'private-port': await freePort(), 'hold-ms': 1_000, 'max-held': 8 };
  const args = Object.entries(words).flatMap(([word, value]) => [`--${word}`, String(value)]);
  return { name: 'One', host: '127.0.0.1', port, args };
}

it('waits for a front that begins late, so that nobody is told too early [R141]', async () => {
  const port = await freePort();
  keep(500);
  front.want(await specOf(port));
  expect(await connectOnce(port)).toBe('ECONNREFUSED');
  await front.untilOpen(signal);
  expect(await connectOnce(port)).toBeNull();
});

it('keeps nobody waiting for a front that is not wanted, or can’t open its port [R141]', async () => {
  const port = await freePort();
  keep(0);
  await front.untilOpen(signal);
  const other = createServer().listen(port, '127.0.0.2');
  await once(other, 'listening');
  try {
    const spec = await specOf(port);
    front.want({ ...spec, args: [...spec.args, '--host', '127.0.0.2'] });
    await front.untilOpen(signal);
    expect(front.problem?.message).toContain(`port ${port} is closed`);
  } finally {
    other.close();
  }
});

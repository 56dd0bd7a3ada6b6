/** A group that can't be made must not silently turn into a skipped test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeTestCgroup } from './cgroup.mjs';

test('root hears what stands against its control group; an ordinary user has none', () => {
  const mount = mkdtempSync(path.join(os.tmpdir(), 'holdfast-mount-'));
  onTestFinished(() => rmSync(mount, { recursive: true }));
  const there = [path.join(mount, 'elsewhere'), mount];
  expect(makeTestCgroup(there, true)).toBeNull();
  writeFileSync(path.join(mount, 'cgroup.procs'), '');
  writeFileSync(path.join(mount, `holdfast-test-${process.pid}`), 'in the way');
  expect(makeTestCgroup(there, false)).toBeNull();
  if (process.platform === 'linux')
    expect(() => makeTestCgroup(there, true)).toThrow(/holdfast-test-\d+ can't be made: E/);
});

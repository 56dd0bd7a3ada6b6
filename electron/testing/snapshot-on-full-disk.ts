/**
 * For tests: snapshots to and from a disk without room. TMPDIR is a disk with space, the first argument
 * one with few files left. Prints what happened as JSON.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restoreSnapshot } from '../files/snapshot/restore.ts';
import { takeSnapshot } from '../files/snapshot/snapshot.ts';

const [small = ''] = process.argv.slice(2);
const roomy = mkdtempSync(join(tmpdir(), 'holdfast-roomy-'));
const fileCount = 40;

function fill(folder: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < fileCount; n += 1) writeFileSync(join(folder, `file-${n}`), text);
}

async function problemOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => String(error).replaceAll(small, 'SMALL'),
  );
}

// More files than the disk takes, found out in the middle; more bytes, found out before.
const many = join(roomy, 'many');
for (const part of ['a', 'b', 'c']) fill(join(many, part), 'x');
const large = join(roomy, 'large');
mkdirSync(large);
writeFileSync(join(large, 'file'), '');
truncateSync(join(large, 'file'), 1e9);
const target = join(small, 'snapshot');
const taken = {
  many: await problemOf(takeSnapshot([many], target)),
  large: await problemOf(takeSnapshot([large], target)),
  left: existsSync(target),
};

const data = join(small, 'data');
fill(data, 'old');
await takeSnapshot([data], join(roomy, 'snapshot'));
fill(data, 'new');
const restored = {
  problem: await problemOf(restoreSnapshot(join(roomy, 'snapshot'))),
  names: readdirSync(small),
  content: readFileSync(join(data, 'file-7'), 'utf8'),
};
rmSync(roomy, { recursive: true });
process.stdout.write(`${JSON.stringify({ taken, restored })}\n`);

/** For tests: fills a disk so that not one record more fits on it. */
import { appendFileSync, closeSync, openSync, statSync, writeSync } from 'node:fs';
import { encodeLine } from '../files/checked-line.ts';

const pageBytes = 4_096;

/** Fills the disk of `file` to the last byte, in smaller and smaller pieces. */
export function fillDisk(file: string): void {
  const fd = openSync(file, 'w');
  for (let size = 64 * 1024; size >= 1; ) {
    try {
      writeSync(fd, Buffer.alloc(size));
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(fd);
}

/**
 * The page that a file ends in is its own already: only what is past it needs room on the disk. So the
 * journal gets as many records that say nothing new as fit; once it is armed they are an overtaken writer's.
 */
export function fillPage(journal: string): void {
  for (let seq = 2; ; seq += 1) {
    const line = encodeLine({ seq, token: 1, at: 0, event: { type: 'prepared' } });
    if ((statSync(journal).size % pageBytes) + line.length > pageBytes) return;
    appendFileSync(journal, line);
  }
}

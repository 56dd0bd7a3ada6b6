/**
 * What is remembered about versions of gateways from one watcher to the next: one small file, untrusted
 * when it is read. A damaged one costs a question, and the memory of versions that were rolled back.
 */
import * as z from 'zod/mini';
import { profileIdSchema } from '../contract/profile.ts';
import { isRelease } from '../contract/version.ts';
import { writeDurable } from '../files/durable-write.ts';
import { readUntrustedJson } from '../files/untrusted-file.ts';

/** The oldest ones are forgotten. */
const maxRefused = 16;
/** Of some hundred gateways. */
const maxBytes = 512 * 1024;

const version = z.string().check(z.refine(isRelease, { error: 'must be a version' }));

const recordSchema = z.object({
  installed: z.nullable(version),
  newest: z.nullable(version),
  /** Epoch milliseconds of the last answer about the newest version; null: none yet. */
  checkedAt: z.nullable(z.number()),
  /** Versions that were rolled back, the latest last. */
  refused: z.array(version).check(z.maxLength(maxRefused)),
});
export type VersionRecord = Readonly<z.infer<typeof recordSchema>>;

const fileSchema = z.object({ gateways: z.record(profileIdSchema, recordSchema) });

const emptyRecord: VersionRecord = { installed: null, newest: null, checkedAt: null, refused: [] };

export class VersionMemory {
  readonly #file: string;
  #records = new Map<string, VersionRecord>();

  constructor(file: string) {
    this.#file = file;
    this.read();
  }

  /** As the file is now: another watcher may have written it. */
  read(): void {
    try {
      const { gateways } = readUntrustedJson(this.#file, fileSchema, maxBytes);
      this.#records = new Map(Object.entries(gateways));
    } catch {
      // None yet, or damaged: the next answer writes it again.
    }
  }

  of(id: string): VersionRecord {
    return this.#records.get(id) ?? emptyRecord;
  }

  /** Throws the system's error; the change counts for this watcher all the same. */
  change(id: string, changes: Partial<Omit<VersionRecord, 'refused'>>): void {
    this.#put(id, { ...this.of(id), ...changes });
  }

  /** Throws the system's error; the change counts for this watcher all the same. */
  refuse(id: string, refused: string): void {
    const record = this.of(id);
    const others = record.refused.filter((one) => one !== refused);
    this.#put(id, { ...record, refused: [...others, refused].slice(-maxRefused) });
  }

  #put(id: string, record: VersionRecord): void {
    this.#records.set(id, record);
    const gateways = Object.fromEntries(this.#records);
    writeDurable(this.#file, `${JSON.stringify({ gateways })}\n`);
  }
}

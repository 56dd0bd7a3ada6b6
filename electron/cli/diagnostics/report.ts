/**
 * What someone who is asked for help needs to see, without secrets (contract/hide.ts says which). It is put together
 * in memory, within a bound. Starts nothing and changes nothing.
 */
import { arch, homedir, release, totalmem } from 'node:os';
import path from 'node:path';
import { appVersion, ownBuildId } from '../../contract/build-info.ts';
import type { Hiding } from '../../contract/hide.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { FileProblem, readPart } from '../../files/untrusted-file.ts';
import { surveyJson } from '../as-json.ts';
import { doctor } from '../doctor/doctor.ts';
import { hidingOf } from '../hiding.ts';
import { survey } from '../survey.ts';
import { type Source, sourcesOf } from './sources.ts';

export interface ReportFile {
  /** With `/`. */
  readonly name: string;
  readonly text: string;
  readonly bytes: number;
  /** Only the end of it is here. */
  readonly cut: boolean;
}

export interface Report {
  readonly files: readonly ReportFile[];
  /** Files that are not in it, and why: sentence parts. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
}

/** Of all files together. */
const maxBytes = 24 * 1024 * 1024;

export async function makeReport(state: StateFolder): Promise<Report> {
  const hiding = hidingOf(state, homedir());
  const said = [
    ['about.json', about()],
    ['doctor.txt', (await doctor(state, false)).text],
    ['status.json', surveyJson(state, await survey(state))],
  ] as const;
  const files: ReportFile[] = said.map(([name, text]) => fileOf(name, text, false, hiding));
  const leftOut: { name: string; why: string }[] = [];
  let room = maxBytes - sizeOf(files);
  for (const source of sourcesOf(state)) {
    const found = read(source, hiding);
    if (found === null) continue;
    if (typeof found === 'string') leftOut.push({ name: source.name, why: found });
    else if (found.bytes > room) leftOut.push({ name: source.name, why: 'no room is left' });
    else {
      files.push(found);
      room -= found.bytes;
    }
  }
  return { files, leftOut };
}

export function sizeOf(files: readonly ReportFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function fileOf(name: string, text: string, cut: boolean, hiding: Hiding): ReportFile {
  const hidden = hiding.text(text);
  return { name: hiding.text(name), text: hidden, bytes: Buffer.byteLength(hidden), cut };
}

/** Null when there is no such file; why it can't be read, as a sentence part. */
function read({ name, file, maxBytes: most }: Source, hiding: Hiding): ReportFile | string | null {
  try {
    const start = (size: number): number => Math.max(0, size - most);
    const { bytes, from } = readPart(file, { maxBytes: most, start }, { owner: 'any' });
    const text = bytes.toString('utf8');
    // Half a line may hold half a secret.
    const whole = from > 0 ? text.slice(text.indexOf('\n') + 1 || text.length) : text;
    return fileOf(name, whole, from > 0, hiding);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    return error.fault === 'missing' ? null : error.why;
  }
}

function about(): string {
  const { version, platform, execPath } = process;
  const runtime = path.basename(path.dirname(execPath));
  return JSON.stringify({
    holdfast: { version: appVersion, build: ownBuildId },
    node: version,
    runtime,
    system: {
      platform,
      release: release(),
      arch: arch(),
      memoryMb: Math.round(totalmem() / 2 ** 20),
    },
    at: new Date().toISOString(),
  });
}

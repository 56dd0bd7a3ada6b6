/** `holdfast diagnostics`: a zip for whoever helps, which holds no secret; or only what would be in it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate/browser';
import { cliExit } from '../../contract/exit-codes.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { jsonOf } from '../as-json.ts';
import { CliProblem } from '../cli-problem.ts';
import type { DiagnosticsCommand } from '../requests.ts';
import { sizeText } from '../size-text.ts';
import type { Answer } from '../voice.ts';
import { makeReport, type Report, type ReportFile, sizeOf } from './report.ts';

/** @param now for the name of the file */
export async function diagnostics(
  state: StateFolder,
  { file, list, json }: Omit<DiagnosticsCommand, 'name'>,
  now = new Date(),
): Promise<Answer> {
  const report = await makeReport(state);
  const written = list ? null : write(path.resolve(file ?? defaultName(now)), report);
  const text = json ? asJson(state, written, report) : linesOf(written, report).join('\n');
  return { text, code: cliExit.ok };
}

function defaultName(now: Date): string {
  return `holdfast-report-${now.toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')}.zip`;
}

/** Answers its path. A file that is there already stays. */
function write(file: string, { files }: Report): string {
  const zip = zipSync(Object.fromEntries(files.map(({ name, text }) => [name, strToU8(text)])));
  try {
    writeFileSync(file, zip, { flag: 'wx', mode: 0o600 });
    return file;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new CliProblem(whyNotWritten(file, code), cliExit.failed);
  }
}

function whyNotWritten(file: string, code: string): string {
  if (code === 'EEXIST') return `${file} exists already. Choose another name, or remove it.`;
  if (code === 'ENOENT') return `${path.dirname(file)} does not exist. Choose another folder.`;
  return `${file} can’t be written (${code}). Choose another folder.`;
}

function asJson(state: StateFolder, file: string | null, { files, leftOut }: Report): string {
  const listed = files.map(({ name, bytes, cut }) => ({ name, bytes, cut }));
  return jsonOf(state, { file, bytes: sizeOf(files), files: listed, leftOut });
}

function linesOf(file: string | null, report: Report): string[] {
  const { files, leftOut } = report;
  return [
    file === null ? 'A report would hold:' : `${file} holds:`,
    ...files.map(lineOf),
    ...leftOut.map(({ name, why }) => `  ${''.padStart(9)}  ${name} is left out: ${why}`),
    'Values of variables, passwords, tokens, nonces and the name of your home folder are hidden in it.',
    file === null
      ? 'To write it: holdfast diagnostics'
      : 'Nothing was sent. Look through it before you pass it on.',
  ];
}

function lineOf({ name, bytes, cut }: ReportFile): string {
  return `  ${sizeText(bytes).padStart(9)}  ${name}${cut ? ' (its end)' : ''}`;
}

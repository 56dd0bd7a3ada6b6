/** The help, from the table of commands. Pure. */
import { cliExit, cliExitMeaning } from '../contract/exit-codes.ts';
import {
  type CommandName,
  type CommandSpec,
  commandOf,
  commands,
  globalOptions,
  type OptionSpec,
  optionForm,
  synopsis,
} from './commands.ts';

/** What fits the smallest terminal that is in use. */
const lineWidth = 80;

/** @param about the command that is explained; null: all of them, in short */
export function help(about: CommandName | null): string {
  const spec = about === null ? undefined : commandOf(about);
  return spec ? commandHelp(spec) : overview();
}

function overview(): string {
  return [
    'Holdfast keeps gateways running.',
    '',
    'Usage: holdfast [--user-data-dir <folder>] <command>',
    '',
    ...columns(commands.map((spec) => [spec.name, spec.says])),
    '',
    ...optionLines(globalOptions),
    '',
    ...wrapped(
      'A gateway is named as the window names it, or by its id; in any case, and as short as it stays clear.',
    ),
    ...wrapped(
      'start, stop, restart, update, add, edit and remove start Holdfast’s background service when it does not run; the others start nothing.',
    ),
    '',
    'Exit codes:',
    ...exitCodeLines(),
    '',
    'More about a command: holdfast help <command>',
  ].join('\n');
}

function commandHelp(spec: CommandSpec): string {
  return [
    `Usage: ${synopsis(spec)}`,
    '',
    ...wrapped([`${capital(spec.says)}.`, ...spec.more].join(' ')),
    ...(spec.options.length > 0 ? ['', ...optionLines(spec.options)] : []),
    ...(spec.examples.length > 0
      ? ['', 'Examples:', ...spec.examples.map((one) => `  ${one}`)]
      : []),
  ].join('\n');
}

function optionLines(options: readonly OptionSpec[]): string[] {
  return columns(options.map((one) => [optionForm(one), one.says]));
}

/** Each code of the command line and what it means, in order. */
export function exitCodes(): readonly (readonly [number, string])[] {
  return Object.entries(cliExitMeaning)
    .map(([name, meaning]) => [codeOf(name), meaning] as const)
    .sort(([a], [b]) => a - b);
}

const codes: ReadonlyMap<string, number> = new Map(Object.entries(cliExit));

function codeOf(name: string): number {
  return codes.get(name) ?? cliExit.failed;
}

function exitCodeLines(): string[] {
  return columns(exitCodes().map(([code, meaning]) => [String(code), meaning]));
}

/** Two columns, the second one wrapped. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([first]) => first.length)) + 4;
  return rows.flatMap(([first, second]) =>
    wrapped(second, lineWidth - width).map(
      (line, index) => `${(index === 0 ? `  ${first}` : '').padEnd(width)}${line}`,
    ),
  );
}

function wrapped(text: string, width: number = lineWidth): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

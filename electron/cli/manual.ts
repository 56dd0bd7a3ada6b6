/** `man holdfast`, from the table of commands. Pure. */
import {
  aboutCommand,
  type CommandSpec,
  commands,
  globalOptions,
  type OptionSpec,
  optionForm,
  synopsis,
} from './commands.ts';
import { exitCodes } from './help.ts';

/** In the language of man(7). */
export function manualPage(): string {
  return `${[
    '.\\" From electron/cli/commands.ts: node scripts/cli-docs.mjs writes it.',
    '.TH HOLDFAST 1',
    '.SH NAME',
    'holdfast \\- keeps gateways running',
    '.SH SYNOPSIS',
    '.B holdfast',
    escaped('[--user-data-dir <folder>] <command>'),
    '.SH DESCRIPTION',
    escaped(
      'A gateway is a long-running background server. Holdfast starts it, watches it and restarts it. A gateway is named as the window names it, or by its id; in any case, and as short as it stays clear.',
    ),
    '.SH COMMANDS',
    ...commands.flatMap(section),
    '.SH OPTIONS',
    'With every command:',
    ...globalOptions.flatMap(option),
    '.SH EXIT STATUS',
    ...exitCodes().flatMap(([code, meaning]) => ['.TP', `.B ${code}`, escaped(meaning)]),
  ].join('\n')}\n`;
}

function section(spec: CommandSpec): string[] {
  const { options, examples } = spec;
  return [
    `.SS "${escaped(synopsis(spec))}"`,
    escaped(aboutCommand(spec)),
    ...options.flatMap(option),
    ...(examples.length > 0 ? ['.PP', '.nf', ...examples.map(escaped), '.fi'] : []),
  ];
}

function option(spec: OptionSpec): string[] {
  return ['.TP', `.B ${escaped(optionForm(spec))}`, escaped(spec.says)];
}

/** A dash is a dash, a backslash is one, and no line begins as a request. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll('’', '\\(cq')
    .replaceAll('“', '\\(lq')
    .replaceAll('”', '\\(rq')
    .replaceAll('…', '...')
    .replace(/^([.'])/, '\\&$1');
}

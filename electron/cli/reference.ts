/** The part of docs/cli.md that says what each command understands, from the table of commands; and the schemas. Pure. */
import * as z from 'zod/mini';
import { answerSchemas } from '../contract/answers.ts';
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

const begin = '<!-- From electron/cli/commands.ts: node scripts/cli-docs.mjs writes it. -->';
const end = '<!-- As far as here. -->';

/** `page` with the present reference in the place of its old one. Throws when it has no place for it. */
export function withReference(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error('The page has no place for the reference.');
  return `${page.slice(0, from)}${begin}\n\n${reference()}\n\n${page.slice(to)}`;
}

/** The JSON schemas of the answers, by the name of their file in docs/schemas/. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(answerSchemas).map(([name, schema]) => {
      const text = JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any' }), null, 2);
      return [`${name}.schema.json`, `${text}\n`];
    }),
  );
}

function reference(): string {
  return [
    '## Commands',
    table(
      ['command', 'about'],
      commands.map((one) => [`[${one.name}](#${one.name})`, one.says]),
    ),
    'With every command:',
    optionList(globalOptions),
    ...commands.map(section),
    '## Exit codes',
    'Scripts may rely on these.',
    table(
      ['code', 'means'],
      exitCodes().map(([code, meaning]) => [String(code), meaning]),
    ),
  ].join('\n\n');
}

function section(spec: CommandSpec): string {
  const { name, options, examples } = spec;
  return [
    `### ${name}`,
    fenced([synopsis(spec)]),
    aboutCommand(spec),
    ...(options.length > 0 ? [optionList(options)] : []),
    ...(examples.length > 0 ? [fenced(examples)] : []),
  ].join('\n\n');
}

function fenced(lines: readonly string[]): string {
  return ['```sh', ...lines, '```'].join('\n');
}

function optionList(options: readonly OptionSpec[]): string {
  return options.map((one) => `- \`${optionForm(one)}\`: ${one.says}`).join('\n');
}

function table(
  head: readonly [string, string],
  rows: readonly (readonly [string, string])[],
): string {
  const [first, second] = [0, 1].map((column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = ([a, b]: readonly [string, string]): string =>
    `| ${a.padEnd(first ?? 0)} | ${b.padEnd(second ?? 0)} |`;
  const rule = `| ${'-'.repeat(first ?? 0)} | ${'-'.repeat(second ?? 0)} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

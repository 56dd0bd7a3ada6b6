/**
 * What CreateProcessW wants: one command line, one environment block, and the program found by us
 * (it would search our own PATH, not the child's). Pure.
 */
import { win32 } from 'node:path';
import { SpawnError, type SpawnSpec } from '../spawn-spec.ts';

/** Quotes one argument so that CommandLineToArgvW and the C runtime read it back unchanged. */
export function quoteArgument(argument: string): string {
  if (argument !== '' && !/[\s"]/.test(argument)) return argument;
  const escaped = argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1');
  return `"${escaped}"`;
}

/** The reverse, by the same rules, except that the program's name knows no escapes. */
export function splitCommandLine(line: string): string[] {
  const first = /^\s*(?:"([^"]*)"|(\S*))/.exec(line);
  const words = [first?.[1] ?? first?.[2] ?? ''];
  const rest = line.slice(first?.[0].length ?? 0);
  for (const [word] of rest.matchAll(/(?:\\*"(?:\\[\s\S]|[^"\\])*(?:"|$)|[^\s"])+/g))
    words.push(unquote(word));
  return words;
}

function unquote(word: string): string {
  return word.replace(/(\\*)("|$)/g, (_, slashes: string, end: string) => {
    if (end === '') return slashes;
    return '\\'.repeat(slashes.length >> 1) + (slashes.length % 2 ? '"' : '');
  });
}

/** A batch file runs inside cmd.exe, which reads the line once more: its signs are escaped with ^. */
function quoteForBatch(argument: string): string {
  return quoteArgument(argument).replace(/[()\][%!^"`<>&|;, *?]/g, '^$&');
}

/** The whole line for a resolved program. */
export function commandLine(program: string, args: readonly string[], comspec: string): string {
  if (!/\.(cmd|bat)$/i.test(program)) return [program, ...args].map(quoteArgument).join(' ');
  if (args.some((one) => /[\r\n]/.test(one))) {
    throw new SpawnError(
      'failed',
      program,
      `${program} is a batch file: its arguments can't hold line breaks.`,
    );
  }
  // Quotes keep every sign but %, which only a caret outside of quotes takes the meaning from.
  const name = program.includes('%')
    ? program.replace(/[()\][%!^"`<>&|;, *?]/g, '^$&')
    : `"${program}"`;
  const inner = [name, ...args.map(quoteForBatch)].join(' ');
  return `${quoteArgument(comspec)} /d /s /c "${inner}"`;
}

/** A NUL-terminated UTF-16 string. */
export function wide(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf16le');
}

/** CREATE_UNICODE_ENVIRONMENT's block: sorted without case, as Windows looks it up. */
export function environmentBlock(env: Readonly<Record<string, string>>): Buffer {
  const key = (name: string): string => name.toUpperCase();
  const entries = Object.entries(env).filter(([name]) => name !== '');
  entries.sort(([a], [b]) => (key(a) < key(b) ? -1 : 1));
  const text = entries.map(([name, value]) => `${name}=${value}\0`).join('');
  // An empty block still needs both of its terminating zeros.
  return Buffer.from(text === '' ? '\0\0' : `${text}\0`, 'utf16le');
}

function variable(env: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1];
}

/** The program's full path by the child's own PATH and PATHEXT; undefined when there is none. */
export function resolveProgram(
  spec: Pick<SpawnSpec, 'command' | 'cwd' | 'env'>,
  exists: (path: string) => boolean,
): string | undefined {
  const extensions = (variable(spec.env, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD')
    .split(';')
    .map((one) => one.toLowerCase());
  const named = extensions.some((one) => spec.command.toLowerCase().endsWith(one));
  const endings = named ? ['', ...extensions] : [...extensions, ''];
  const folders = /[\\/]/.test(spec.command)
    ? [spec.cwd]
    : (variable(spec.env, 'PATH') ?? '').split(';').filter((one) => one !== '');
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = win32.resolve(folder, spec.command + ending);
      if (exists(candidate)) return candidate;
    }
  }
  return undefined;
}

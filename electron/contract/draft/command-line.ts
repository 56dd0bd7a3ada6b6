/** A command line as people type it: its words, with quotes as a shell has them, and what only a shell can do. */

/** A word: letters and quoted parts, in any order without a space between them. */
const word = /(?:[^\s"']+|"[^"]*"|'[^']*')+/g;
const quotedPart = /"([^"]*)"|'([^']*)'/g;

/** The quote that is never closed; null when all are. */
export function openQuote(line: string): string | null {
  return line.replaceAll(word, '').trim()[0] ?? null;
}

/** Its words without their quotes. A `~` at the beginning of a word stands for the home folder, as in a shell. */
export function splitCommandLine(line: string, home: string): string[] {
  return (line.match(word) ?? []).map((raw) => {
    const text = raw.replace(quotedPart, '$1$2');
    return /^~(?=[\\/]|$)/.test(raw) ? home + text.slice(1) : text;
  });
}

/** One line that is split into these very words again. */
export function joinCommandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** The line with another program in front: what stands after its first word stays. */
export function withProgram(line: string, program: string): string {
  const rest = line.trimStart().replace(/^(?:[^\s"']+|"[^"]*"|'[^']*')+/, '');
  return quoted(program) + rest;
}

/** On any system: the window does not know what its paths look like. */
export function isAbsolute(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
}

function quoted(text: string): string {
  if (/^[\p{L}\p{N}_@%+=:,./{}\\-]+$/u.test(text)) return text;
  // Between double quotes a shell would still read $ and `.
  if (!/["$`]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

const signs: readonly RegExp[] = [
  // At the beginning or the end of a word: inside of one they may belong to an address.
  /(?<=^|\s)(?:\|\|?|&&?|;|\d?>>?(?:&\d)?|<)/,
  /[;|&](?=\s|$)/,
  // Inside double quotes too.
  /\$(?=[A-Za-z_{(])[\w{(]+/,
  /`/,
];

/** The first thing in the line that only a shell understands: `|`, `>`, `$NAME`; null without one. */
export function shellSign(line: string): string | null {
  const bare = line.replaceAll(/'[^']*'/g, '_');
  const outside = bare.replaceAll(/"[^"]*"/g, '_');
  for (const [n, sign] of signs.entries()) {
    const found = sign.exec(n < 2 ? outside : bare)?.[0];
    if (found !== undefined) return found;
  }
  // `NAME=value program` sets a variable.
  return /^\s*[A-Za-z_]\w*=\S*(?=\s)/.exec(outside)?.[0].trim() ?? null;
}

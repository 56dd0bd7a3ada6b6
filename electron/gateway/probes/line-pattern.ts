/**
 * A profile's pattern for a line of output. The pattern is the user's and the lines are the gateway's:
 * together they must not block the watcher. V8's linear engine runs it in linear time; what that
 * engine can't do (lookaround, backreferences) is run with a time limit.
 */
/** A pattern that needs longer for what was written since the last search may never end. */
const limitMs = 100;

/** Says whether one of `lines` matches; null when that takes too long to find out. */
export type LinePattern = (lines: readonly string[]) => boolean | null;

/** `text` is a regular expression, or plain text when it is not a valid one. */
export function linePattern(text: string): LinePattern {
  const plain: LinePattern = (lines) => lines.some((line) => line.includes(text));
  // Without a special character, as most are.
  if (!/[\\^$.*+?()[\]{}|]/.test(text)) return plain;
  const linear = linearPattern(text);
  if (linear) return (lines) => lines.some((line) => linear.test(line));
  try {
    return limited(new RegExp(text));
  } catch {
    return plain;
  }
}

/** Null when this engine is not available, or can't run this pattern. It knows the flags g, y, m and s. */
export function linearPattern(text: string, flags = ''): RegExp | null {
  try {
    process.getBuiltinModule('node:v8').setFlagsFromString('--enable-experimental-regexp-engine');
    return new RegExp(text, `l${flags}`);
  } catch {
    return null;
  }
}

function limited(pattern: RegExp): LinePattern {
  const vm = process.getBuiltinModule('node:vm');
  const script = new vm.Script('lines.some((line) => pattern.test(line))');
  return (lines) => {
    try {
      return script.runInNewContext({ lines, pattern }, { timeout: limitMs }) === true;
    } catch {
      return null;
    }
  };
}

/**
 * Takes secrets out of text before it is written to a log: values of names that sound secret,
 * bearer tokens, passwords in addresses, and the 256-bit keys Holdfast itself makes.
 */

// Every repetition is bounded: an unbounded one takes minutes on a long line without spaces.
const HIDDEN = '[hidden]';

/** The name before `=` or `:`, in JSON, environment and header style. */
const NAMED =
  /((?:secret|token|password|passwd|api[_-]?key|private[_-]?key|credential|cookie)[\w-]{0,40}["']?\s{0,4}[=:]\s{0,4})("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&"'})\]]+)/gi;
const AUTHORIZATION =
  /(authorization["']?\s{0,4}[=:]\s{0,4}["']?)(?:[a-z]{1,20}\s{1,4})?[^\s"',;]+/gi;
const BEARER = /\b(bearer\s{1,4})[\w.~+/-]+=*/gi;
const USERINFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]{1,256}@/gi;
/** 256 bits in hex: the size of the socket's secret. */
const KEY = /\b[a-f0-9]{64}\b/gi;

/** `text` with every secret it recognises replaced by `[hidden]`. */
export function redact(text: string): string {
  return text
    .replace(USERINFO, `$1${HIDDEN}@`)
    .replace(AUTHORIZATION, `$1${HIDDEN}`)
    .replace(BEARER, `$1${HIDDEN}`)
    .replace(NAMED, `$1${HIDDEN}`)
    .replace(KEY, HIDDEN);
}

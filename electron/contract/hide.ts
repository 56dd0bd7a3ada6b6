/**
 * Takes secrets out of what leaves this machine (a report, an answer as JSON, an error), beyond what `redact`
 * sees by its form: the values of variables and arguments in profiles, wherever they turn up; nonces; what an
 * address is asked with; and the name of the user's home folder. Pure.
 */
import { hiddenMark, isSecretName, redact, secretsIn, withoutPrivateKeys } from './redact.ts';

export interface Hiding {
  /** `text`, a file or a line, without secrets. Lines of JSON stay JSON. */
  text(text: string): string;
  /** The same value without secrets: of a secret name, of a variable, in any string. */
  json(value: unknown): unknown;
}

/** A shorter one turns up by chance: `true`, `8080`. */
const shortest = 6;
/** As many as all profiles of a machine have; each is looked for in every file. */
const most = 2_000;

/** Fields of a profile, and of what was made from it, in which every value is a variable's. */
const variableFields: ReadonlySet<string> = new Set(['env', 'environment', 'headers']);
/** What proves to Holdfast who a process is. */
const proofFields: ReadonlySet<string> = new Set(['nonce', 'token', 'stopPipe', 'secret']);

/** Any nonce, and other keys of that size. */
const noncePattern = /\b[a-f0-9]{32}\b/gi;
/** What an address is asked with: anything may be in it. */
const askedWith = /([?&][^=\s&#"'<>]{1,64}=)[^\s&#"'<>]+/g;
const address = /\bhttps?:\/\/[^\s"'<>]{1,2048}/gi;

/**
 * Every value that is secret where it stands in `profiles`: of variables, of arguments after a secret option, and
 * in addresses. Also of a profile that can't be used.
 */
export function secretsOf(profiles: readonly unknown[]): string[] {
  const each = profiles
    .flatMap(collected)
    .flatMap((one) => [one, ...one.split(/\r?\n/), encodeURIComponent(one)]);
  return [...new Set(each)]
    .filter((one) => one.length >= shortest && one !== hiddenMark)
    .sort((a, b) => b.length - a.length)
    .slice(0, most);
}

function collected(value: unknown): string[] {
  if (typeof value === 'string') return hiddenIn(value);
  if (Array.isArray(value)) {
    return value.flatMap((one, n) =>
      isSecretOption(value[n - 1]) ? stringsIn(one) : collected(one),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    if (variableFields.has(name)) return variablesIn(one);
    return typeof one === 'string' && isSecretName(name) ? [one] : collected(one);
  });
}

/** Hidden itself, `production` is not looked for elsewhere: unless its name says that it is secret. */
function variablesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return stringsIn(value);
  return Object.entries(value)
    .filter(([name, one]) => isSecretName(name) || !/^[a-z]*$/.test(String(one)))
    .flatMap(([, one]) => stringsIn(one));
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** What is secret within a string of a profile. */
function hiddenIn(text: string): string[] {
  const asked = [...text.matchAll(address)].flatMap(([url]) =>
    URL.canParse(url) ? [...new URL(url).searchParams.values()] : [],
  );
  return [...secretsIn(text), ...asked];
}

/** `--token`, after which its value follows. */
function isSecretOption(word: unknown): boolean {
  return typeof word === 'string' && /^--?[\w-]{1,60}$/.test(word) && isSecretName(word);
}

/** @param home the user's home folder, which becomes `~`; its last part is a name */
export function createHiding(secrets: readonly string[], home: string | null = null): Hiding {
  const known = (text: string): string =>
    secrets.reduce((left, secret) => left.replaceAll(secret, hiddenMark), text);
  const nameless = home === null ? (text: string): string => text : withoutHome(home);
  const plain = (text: string): string =>
    nameless(
      redact(known(text)).replace(askedWith, `$1${hiddenMark}`).replace(noncePattern, hiddenMark),
    );
  const json = (value: unknown): unknown => hideJson(value, plain);
  return { text: (text) => hideText(text, plain, json), json };
}

function hideJson(value: unknown, plain: (text: string) => string): unknown {
  if (typeof value === 'string') return plain(value);
  if (Array.isArray(value)) {
    return value.map((one, n) =>
      isSecretOption(value[n - 1]) ? hiddenMark : hideJson(one, plain),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [plain(name), hideField(name, one, plain)]),
  );
}

function hideField(name: string, value: unknown, plain: (text: string) => string): unknown {
  const hidden = proofFields.has(name) || (isSecretName(name) && typeof value === 'string');
  if (hidden && value !== null) return hiddenMark;
  if (variableFields.has(name) && typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.keys(value).map((one) => [plain(one), hiddenMark]));
  }
  return hideJson(value, plain);
}

/** A whole file of JSON, lines that end with JSON, or text. */
function hideText(
  text: string,
  plain: (text: string) => string,
  json: (value: unknown) => unknown,
): string {
  const whole = parsed(text);
  if (whole !== undefined) return `${JSON.stringify(json(whole), null, 2)}\n`;
  return withoutPrivateKeys(text)
    .split('\n')
    .map((line) => {
      const at = line.search(/[{[]/);
      const value = at === -1 ? undefined : parsed(line.slice(at));
      return value === undefined
        ? plain(line)
        : `${plain(line.slice(0, at))}${JSON.stringify(json(value))}`;
    })
    .join('\n');
}

/** Undefined for what is no object of JSON. */
function parsed(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The home folder as `~`, and its user's name where it stands alone or in another path. */
function withoutHome(home: string): (text: string) => string {
  const name = home.split(/[\\/]/).filter(Boolean).at(-1) ?? '';
  const named = name.length >= 3 ? new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`, 'gi') : null;
  return (text) => {
    const short = home.length > 1 ? text.replaceAll(home, '~') : text;
    return named ? short.replace(named, '[user]') : short;
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

/**
 * Takes secrets out of text before it is written to a log, shown in an error or sent anywhere: values
 * of names that sound secret, bearer tokens, passwords and tokens in addresses, the keys of well-known
 * services by their shape, and the 256-bit keys Holdfast itself makes.
 */

export const hiddenMark = '[hidden]';

// Every repetition is bounded: an unbounded one takes minutes on a long line without spaces.

const secretName =
  '(?:secret|token|password|passwd|passphrase|api[_-]?key|private[_-]?key|access[_-]?key|auth[_-]?key|credential|cookie)';
// What is hidden already stays so: text may pass here twice.
const value = `(\\[hidden\\]|"(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^\\s,;&"'})\\]]+)`;

/** The name before `=` or `:`, in JSON, environment and header style. */
const named = new RegExp(`(${secretName}[\\w-]{0,40}["']?\\s{0,4}[=:]\\s{0,4})${value}`, 'gi');
/** `--token abc`, as on a command line. */
const option = new RegExp(
  `((?:^|\\s)--?[\\w-]{0,40}${secretName}[\\w-]{0,40}\\s{1,4})(?!-)${value}`,
  'gi',
);
/** Names that are only secret in the query of an address. */
const query =
  /([?&#;](?:key|code|sig|signature|auth|pass|pwd|jwt|sid|session|access|x-amz-signature)[\w-]{0,20}=)[^\s&#;"'<>]+/gi;
const authorizationPattern =
  /(authorization["']?\s{0,4}[=:]\s{0,4}["']?)(?:[a-z]{1,20}\s{1,4})?[^\s"',;]+/gi;
const bearerPattern = /\b(bearer\s{1,4})[\w.~+/-]+=*/gi;
/** Up to the last `@` before the path: a password may hold one. */
const userinfo = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>]{1,256}@/gi;
/** `user:password@host` without a scheme. */
const bareUserinfo = /(^|[\s"'(=,])[\w.+-]{1,64}:[^\s@/:"']{1,128}@(?=[\w[])/g;
/** 256 bits in hex: the size of the socket's secret. */
const keyPattern = /\b[a-f0-9]{64}\b/gi;
/** Without its end: what a key of any usual size would take. */
const privateKey =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[\s\S]{0,8000}?-----END [A-Z ]{0,40}PRIVATE KEY-----|[\s\S]{0,8000})/g;
/** A whole header: values of cookies stand beside one another. */
const cookies = /\b((?:set-)?cookie["']?\s{0,4}:\s{0,4})[^\r\n"']+/gi;

/** Keys that say by their shape whose they are. */
const shapes = [
  // OpenAI, Anthropic, OpenRouter, Stripe and others.
  '(?:sk|pk|rk)[-_](?=[A-Za-z_-]{0,64}[0-9])[A-Za-z0-9_-]{8,256}',
  // GitHub and GitLab.
  'gh[pousr]_[A-Za-z0-9]{8,255}',
  'github_pat_[A-Za-z0-9_]{16,255}',
  'gl(?:pat|ptt|dt|rt|cbt|soat|agent)-[\\w-]{16,255}',
  // Slack.
  'xox[a-z]-[A-Za-z0-9-]{8,255}',
  'xapp-[A-Za-z0-9-]{8,255}',
  // AWS key ids, Google, Hugging Face, npm, PyPI, Groq, xAI, Tavily, SendGrid, DigitalOcean.
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,20}',
  'AIza[\\w-]{30,64}',
  'ya29\\.[\\w-]{16,512}',
  'hf_[A-Za-z0-9]{16,64}',
  'npm_[A-Za-z0-9]{16,64}',
  'pypi-[\\w-]{16,512}',
  '(?:gsk_|xai-|tvly-|r8_)[\\w-]{16,256}',
  'SG\\.[\\w-]{16,64}\\.[\\w-]{16,64}',
  'do[opr]_v1_[a-f0-9]{32,128}',
  // JSON web tokens, also without a signature.
  'eyJ[\\w-]{8,4096}\\.eyJ[\\w-]{4,8192}(?:\\.[\\w-]{0,4096})?',
  // Telegram bots (also after "bot" in an address), Discord bots.
  '(?:bot)?\\d{8,10}:[\\w-]{35}',
  '[MNO][\\w-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,64}',
];
const shaped = new RegExp(`(?<![A-Za-z0-9_-])(?:${shapes.join('|')})(?![A-Za-z0-9_-])`, 'g');
/** Addresses that are a secret as a whole. */
const webhook =
  /(https:\/\/(?:hooks\.slack\.com\/(?:services|workflows|triggers)|(?:\w{1,20}\.)?discord(?:app)?\.com\/api\/webhooks)\/)[\w/-]+/gi;

/** What is hidden, in this order, and what stands there instead. */
const patterns: readonly { readonly pattern: RegExp; readonly form: string }[] = [
  { pattern: privateKey, form: hiddenMark },
  { pattern: userinfo, form: `$1${hiddenMark}@` },
  { pattern: bareUserinfo, form: `$1${hiddenMark}@` },
  { pattern: webhook, form: `$1${hiddenMark}` },
  { pattern: authorizationPattern, form: `$1${hiddenMark}` },
  { pattern: bearerPattern, form: `$1${hiddenMark}` },
  { pattern: cookies, form: `$1${hiddenMark}` },
  { pattern: named, form: `$1${hiddenMark}` },
  { pattern: option, form: `$1${hiddenMark}` },
  { pattern: query, form: `$1${hiddenMark}` },
  { pattern: shaped, form: hiddenMark },
  { pattern: keyPattern, form: hiddenMark },
];

/** `text` with every secret it recognises replaced by `[hidden]`. */
export function redact(text: string): string {
  return patterns.reduce((left, { pattern, form }) => left.replace(pattern, form), text);
}

/** What `redact` would hide in `text`, without quotes. */
export function secretsIn(text: string): string[] {
  // Nearly all texts hold none: to look costs a quarter of collecting nothing.
  const present = patterns.filter(({ pattern }) => text.search(pattern) !== -1);
  return present.flatMap(({ pattern, form }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const [whole, first = ''] = match;
      const hidden = whole.slice(form.startsWith('$1') ? first.length : 0);
      const bare = hidden.replace(/^["']/, '').replace(/["'@]+$/, '');
      return pattern === userinfo || pattern === bareUserinfo ? [bare, ...bare.split(':')] : [bare];
    }),
  );
}

/** Private keys alone: they span lines. */
export function withoutPrivateKeys(text: string): string {
  return text.replace(privateKey, hiddenMark);
}

const secretNamePattern = new RegExp(`${secretName}|(?:^|[-_.])(?:key|auth|pass|pwd)$`, 'i');

/** Whether a variable, field or option of that name holds a secret. */
export function isSecretName(name: string): boolean {
  return secretNamePattern.test(name);
}

/** The address that messages go to: whether it can be used, and what of it is secret. Pure. */
import { isSafeAddress } from '../../contract/address.ts';
import { ContractError } from '../../contract/define.ts';
import type { PhoneKind } from '../../contract/phone.ts';
import { hiddenMark } from '../../contract/redact.ts';

export interface Target {
  readonly kind: PhoneKind;
  readonly url: URL;
}

/** Throws a sentence that does not repeat the address. */
export function targetOf(kind: PhoneKind, address: string): Target {
  const text = address.trim();
  if (!URL.canParse(text)) {
    throw new ContractError('This is not an address. One begins with https:// and a name.');
  }
  const url = new URL(text);
  if (!isSafeAddress(url)) {
    throw new ContractError('The address must begin with https://, or be on this machine.');
  }
  if (kind === 'ntfy' && topicOf(url) === '') {
    throw new ContractError(
      'The address of ntfy ends with your topic, as in https://ntfy.sh/your-topic.',
    );
  }
  return { kind, url };
}

/** The last part of the path. */
export function topicOf(url: URL): string {
  return decoded(url.pathname.split('/').filter(Boolean).at(-1) ?? '');
}

/** Name and password, as a header has them; null where there are none. */
export function authorizationOf({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const pair = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Shorter ones would be found in any text. */
const shortestSecret = 4;

/**
 * What the server says, as far as it can be shown: null when it may hold what is secret in the address and
 * can't be told from other text. The secret parts are hidden.
 */
export function withoutSecrets({ url }: Target, text: string): string | null {
  const { pathname, search, searchParams, username, password } = url;
  const raw = [
    ...pathname.split('/'),
    ...[...searchParams].flat(),
    ...[username, password, authorizationOf(url)?.split(' ')[1] ?? ''],
  ];
  const parts = new Set(raw.flatMap((part) => [part, decoded(part)]).filter(Boolean));
  if ([...parts].some((part) => part.length < shortestSecret)) return null;
  const longestFirst = [url.href, pathname, search, ...parts]
    .filter((part) => part.length >= shortestSecret)
    .sort((a, b) => b.length - a.length);
  return longestFirst.reduce((left, part) => left.replaceAll(part, hiddenMark), text);
}

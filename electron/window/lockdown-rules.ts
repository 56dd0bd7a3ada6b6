/** What a page may do beyond showing itself: almost nothing. Pure, so that it can be tested. */
import { isFromOrigin } from '../ipc/sender.ts';
import { appEntry, appOrigin } from './app-files.ts';

/** Where links may lead, in the user's own browser: the project's pages. */
const externalHosts: ReadonlySet<string> = new Set(['holdfast.example', 'www.holdfast.example']);

/** True for an address that may be handed to the user's browser. */
export function isAllowedExternal(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return (
    url.protocol === 'https:' &&
    externalHosts.has(url.hostname) &&
    url.port === '' &&
    url.username === '' &&
    url.password === ''
  );
}

/** True for an address of the web that shows where it leads, and may be opened once the user agrees. */
export function isWebAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password, hostname } = new URL(address);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && hostname !== '' && username === '' && password === '';
}

/** The window shows one page, which may be reloaded with another fragment. */
export function isAllowedNavigation(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  url.hash = '';
  return url.href === appEntry;
}

/** Copying text to the clipboard is all the window needs; reading it is not. */
export function isAllowedPermission(permission: string, requestingUrl: string): boolean {
  return permission === 'clipboard-sanitized-write' && isFromOrigin(requestingUrl, appOrigin);
}

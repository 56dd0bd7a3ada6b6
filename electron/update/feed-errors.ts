/** Turns what goes wrong between a feed and a file into sentences a user can act on. */
import { UpdateProblem } from './types.ts';

const OFFLINE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_(?:INTERNET_DISCONNECTED|NAME_NOT_RESOLVED|CONNECTION_[A-Z]+|NETWORK_CHANGED|TIMED_OUT|ADDRESS_UNREACHABLE|EMPTY_RESPONSE)|socket hang up|timed out/i;
const AGAIN = 'Check the network connection, then try again.';
const LATER = 'Try again later; the installed version is untouched.';

/** A problem for the user; one that is such already is passed on. */
export function explainFeedError(error: unknown, during: 'check' | 'download'): UpdateProblem {
  if (error instanceof UpdateProblem) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const say = (message: string, hint: string): UpdateProblem =>
    new UpdateProblem(message, hint, { cause: error });

  if (code === 'ERR_CHECKSUM_MISMATCH' || /sha512 checksum mismatch/i.test(text)) {
    return say(
      'The downloaded file is not what the feed promised (its checksum differs). It was deleted.',
      LATER,
    );
  }
  if (code === 'ERR_FEED_TOO_LARGE') {
    return say('The update feed’s answer is far too large to be one. It was not read.', LATER);
  }
  if (/ENOSPC|no space left/i.test(`${code} ${text}`)) {
    return say(
      'The disk is full; the update could not be saved.',
      'Free some space, then try again.',
    );
  }
  if (/EACCES|EROFS|EPERM/.test(`${code} ${text}`)) {
    return say(
      'The update could not be saved: its folder can’t be written to.',
      'Check the permissions of your cache folder, then try again.',
    );
  }
  const status = /HttpError: (\d{3})|status code (\d{3})|\b(4\d\d|5\d\d)\b/.exec(`${code} ${text}`);
  const number = status?.[1] ?? status?.[2] ?? status?.[3];
  if (
    number === '404' ||
    /ERR_UPDATER_CHANNEL_FILE_NOT_FOUND|Cannot find channel/.test(`${code} ${text}`)
  ) {
    return during === 'check'
      ? say('The update feed was not found at its address.', LATER)
      : say('The offered file is no longer at its address.', 'Check for updates again.');
  }
  if (OFFLINE.test(`${code} ${text}`)) {
    return say('The update server could not be reached.', AGAIN);
  }
  if (number !== undefined) {
    return say(`The update server answered with an error (${number}).`, LATER);
  }
  if (/redirect/i.test(text)) {
    return say('The update server sent us in circles.', LATER);
  }
  if (code === 'ERR_UPDATER_INVALID_UPDATE_INFO' || /parse|YAML|invalid/i.test(text)) {
    return say('The update feed’s answer makes no sense; nothing was downloaded.', LATER);
  }
  if (/size|length|truncat|premature|aborted|Unexpected end/i.test(text)) {
    return say('The download broke off before its end.', AGAIN);
  }
  const first = text.split('\n')[0] ?? text;
  return during === 'check'
    ? say(`Looking for updates failed: ${first}`, LATER)
    : say(`The download failed: ${first}`, LATER);
}

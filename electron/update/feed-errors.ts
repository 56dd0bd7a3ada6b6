/**
 * What can go wrong between a feed and a file, as codes, and each code as a sentence a user can act
 * on. Only the code of a failure counts: Chromium's constant, Node's errno, a number from the
 * response, or one of ours. The text that a server, a proxy or a library wrote is never interpreted.
 */
import { UpdateProblem } from './types.ts';

/** Failures that no system reports: the strict client itself ends the work for them. */
type OwnCode =
  | 'CANCELLED'
  | 'CHECKSUM_DIFFERS'
  | 'FEED_INVALID'
  | 'FEED_TOO_LARGE'
  | 'FILE_TOO_LONG'
  | 'FILE_TOO_SHORT'
  | 'FILE_SIZE_DIFFERS'
  | 'HTTP_STATUS'
  | 'LEFT_HTTPS'
  | 'NOT_HTTPS'
  | 'NO_FEED_ADDRESS'
  | 'REDIRECT_INVALID'
  | 'REDIRECT_TOO_MANY'
  | 'STALLED'
  | 'TIMED_OUT'
  | 'TOO_SLOW'
  | 'WEB_PAGE';

/** A failure with the code that names it. `status` is the number of the response, if that is it. */
export class FeedError extends Error {
  override readonly name = 'FeedError';
  readonly code: string;
  readonly status: number | undefined;
  constructor(code: string, options: { status?: number; cause?: unknown } = {}) {
    super(options.status === undefined ? code : `${code} ${options.status}`, {
      cause: options.cause,
    });
    this.code = code;
    this.status = options.status;
  }
}

export function feedError(
  code: OwnCode,
  options?: { status?: number; cause?: unknown },
): FeedError {
  return new FeedError(code, options);
}

/** Electron's network errors have no code but this: the whole message is Chromium's constant. */
const chromiumMessage = /^net::(ERR_[A-Z0-9_]+)$/;

/** The same error with its code; `UNKNOWN` when it has none. */
export function toFeedError(error: unknown): FeedError {
  if (error instanceof FeedError) return error;
  if (!(error instanceof Error)) return new FeedError('UNKNOWN', { cause: error });
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const chromium = chromiumMessage.exec(error.message)?.[1];
  return new FeedError(chromium ?? code ?? 'UNKNOWN', { cause: error });
}

/** What the user reads: the problem, and what to do. */
type Words = readonly [message: string, hint: string];
type During = 'check' | 'download';

const networkCodes = 'Check the network connection, then try again.';
const tryLater = 'Try again later; the installed version is untouched.';
const unreached = 'The update server could not be reached.';
const administrator = 'ask who looks after this network';

const kinds = {
  name: [`${unreached} Its name is not known to the network.`, networkCodes],
  refused: [`${unreached} It refuses connections.`, tryLater],
  offline: [`${unreached} This computer has no network connection.`, networkCodes],
  unreachable: [`${unreached} There is no route to its network.`, networkCodes],
  reset: [`${unreached} The connection was closed before it had answered.`, networkCodes],
  timeout: [`${unreached} It did not answer in time.`, networkCodes],
  certificate: [
    'The update server showed a certificate that this computer does not trust. Nothing was taken from it.',
    `If your network inspects encrypted traffic, its certificate has to be installed in this system: ${administrator}. Otherwise try again in another network.`,
  ],
  expired: [
    'The update server’s certificate is not valid at this computer’s time. Nothing was taken from it.',
    'Check this computer’s date and time, then try again.',
  ],
  tls: [
    'No encrypted connection to the update server could be made.',
    `Try again later. If it goes on, ${administrator} whether encrypted traffic is inspected.`,
  ],
  proxyDown: [
    'The proxy that this system is set to use could not be reached.',
    'Check the proxy in the system’s network settings, then try again.',
  ],
  proxyPassword: [
    'The proxy wants a password, and Holdfast has none to give.',
    `Let the proxy pass the update server without a password (${administrator}), or download the new version in your browser.`,
  ],
  proxyRefused: [
    'The proxy did not connect Holdfast to the update server.',
    `Check the proxy in the system’s network settings, or ${administrator}.`,
  ],
  blocked: [
    'Something on this computer or in its network blocks the update server.',
    `Look at the firewall’s rules, or ${administrator}.`,
  ],
  password: [
    'The update server wants a password, and Holdfast has none to give.',
    'Download the new version from the project’s page.',
  ],
  forbidden: ['The update server does not let Holdfast in (403).', tryLater],
  busy: ['The update server is asked too often (429).', 'Try again in an hour.'],
  webPage: [
    'A web page came instead of the update: perhaps this network wants you to log in first.',
    'Open a page in your browser and log in to the network, then try again.',
  ],
  redirectMany: [
    'The update server redirected more than five times, perhaps in circles.',
    tryLater,
  ],
  redirectInvalid: ['The update server redirected to an invalid address.', tryLater],
  leftHttps: [
    'The update server redirected to an address without encryption. Holdfast did not follow.',
    'If this network wants you to log in, do so in your browser, then try again.',
  ],
  notHttps: [
    'This build looks for updates at an address without encryption; Holdfast does not use it.',
    'Download the new version from the project’s page.',
  ],
  noAddress: [
    'This copy of Holdfast does not know where to look for updates: its app-update.yml can’t be read.',
    'Install Holdfast again.',
  ],
  feedTooLarge: ['The update feed’s answer is far too large to be one. It was not read.', tryLater],
  feedInvalid: ['The update feed’s answer can’t be understood; nothing was downloaded.', tryLater],
  brokeOff: [
    'The download broke off before its end.',
    `${networkCodes} It goes on where it stopped.`,
  ],
  tooLong: [
    'The server sent more than the file that was offered; the download was ended and deleted.',
    tryLater,
  ],
  sizeDiffers: [
    'The file at the server has another size than the feed says; it was not downloaded.',
    'Check for updates again.',
  ],
  checksum: [
    'The downloaded file is not what the feed promised (its checksum differs). It was deleted.',
    tryLater,
  ],
  signature: [
    'The downloaded file is not signed by the publisher of this Holdfast. It was deleted.',
    tryLater,
  ],
  stalled: ['The download has stalled: nothing came for a minute.', networkCodes],
  tooSlow: [
    'The download was ended: for a minute, less than 1 kB came per second.',
    `${networkCodes} It goes on where it stopped.`,
  ],
  diskFull: [
    'The disk is full; the update could not be saved.',
    'Free some space, then try again.',
  ],
  notWritable: [
    'The update could not be saved: its folder can’t be written to.',
    'Check the permissions of your cache folder, then try again.',
  ],
  diskBroken: [
    'The update could not be saved: the disk reports an error.',
    'Check the disk, then try again.',
  ],
  fileLimit: [
    'The update could not be saved: too many files are open.',
    'Close some programs, then try again.',
  ],
} as const satisfies Record<string, Words>;
type Kind = keyof typeof kinds;

const byCode: Readonly<Record<string, Kind>> = {
  // The strict client.
  CHECKSUM_DIFFERS: 'checksum',
  FEED_INVALID: 'feedInvalid',
  FEED_TOO_LARGE: 'feedTooLarge',
  FILE_SIZE_DIFFERS: 'sizeDiffers',
  FILE_TOO_LONG: 'tooLong',
  FILE_TOO_SHORT: 'brokeOff',
  LEFT_HTTPS: 'leftHttps',
  NOT_HTTPS: 'notHttps',
  NO_FEED_ADDRESS: 'noAddress',
  REDIRECT_INVALID: 'redirectInvalid',
  REDIRECT_TOO_MANY: 'redirectMany',
  STALLED: 'stalled',
  TIMED_OUT: 'timeout',
  TOO_SLOW: 'tooSlow',
  WEB_PAGE: 'webPage',
  // electron-updater.
  ERR_CHECKSUM_MISMATCH: 'checksum',
  ERR_UPDATER_INVALID_SIGNATURE: 'signature',
  ERR_UPDATER_INVALID_VERSION: 'feedInvalid',
  // Node: names, connections, TLS.
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  EAI_FAIL: 'name',
  EAI_NODATA: 'name',
  EAI_NONAME: 'name',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ERR_STREAM_PREMATURE_CLOSE: 'reset',
  ENETDOWN: 'offline',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timeout',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'expired',
  CERT_REJECTED: 'certificate',
  CERT_REVOKED: 'certificate',
  CERT_SIGNATURE_FAILURE: 'certificate',
  CERT_UNTRUSTED: 'certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
  HOSTNAME_MISMATCH: 'certificate',
  INVALID_CA: 'certificate',
  INVALID_PURPOSE: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  EPROTO: 'tls',
  // Chromium's constants (net_error_list.h).
  ERR_NAME_NOT_RESOLVED: 'name',
  ERR_NAME_RESOLUTION_FAILED: 'name',
  ERR_ICANN_NAME_COLLISION: 'name',
  ERR_CONNECTION_REFUSED: 'refused',
  ERR_CONNECTION_RESET: 'reset',
  ERR_CONNECTION_CLOSED: 'reset',
  ERR_CONNECTION_ABORTED: 'reset',
  ERR_EMPTY_RESPONSE: 'reset',
  ERR_SOCKET_NOT_CONNECTED: 'reset',
  ERR_NETWORK_CHANGED: 'reset',
  ERR_NETWORK_IO_SUSPENDED: 'reset',
  ERR_HTTP2_PING_FAILED: 'reset',
  ERR_HTTP2_PROTOCOL_ERROR: 'reset',
  ERR_HTTP2_SERVER_REFUSED_STREAM: 'reset',
  ERR_QUIC_PROTOCOL_ERROR: 'reset',
  ERR_INTERNET_DISCONNECTED: 'offline',
  ERR_ADDRESS_UNREACHABLE: 'unreachable',
  ERR_ADDRESS_INVALID: 'unreachable',
  ERR_CONNECTION_FAILED: 'unreachable',
  ERR_TIMED_OUT: 'timeout',
  ERR_CONNECTION_TIMED_OUT: 'timeout',
  ERR_CERT_DATE_INVALID: 'expired',
  ERR_PROXY_CONNECTION_FAILED: 'proxyDown',
  ERR_SOCKS_CONNECTION_FAILED: 'proxyDown',
  ERR_SOCKS_CONNECTION_HOST_UNREACHABLE: 'proxyRefused',
  ERR_MANDATORY_PROXY_CONFIGURATION_FAILED: 'proxyDown',
  ERR_NO_SUPPORTED_PROXIES: 'proxyDown',
  ERR_PAC_SCRIPT_FAILED: 'proxyDown',
  ERR_PAC_STATUS_NOT_OK: 'proxyDown',
  ERR_PROXY_AUTH_REQUESTED: 'proxyPassword',
  ERR_PROXY_AUTH_REQUESTED_WITH_NO_CONNECTION: 'proxyPassword',
  ERR_PROXY_AUTH_UNSUPPORTED: 'proxyPassword',
  ERR_PROXY_CERTIFICATE_INVALID: 'certificate',
  ERR_TUNNEL_CONNECTION_FAILED: 'proxyRefused',
  ERR_UNEXPECTED_PROXY_AUTH: 'proxyRefused',
  ERR_HTTPS_PROXY_TUNNEL_RESPONSE_REDIRECT: 'proxyRefused',
  ERR_BLOCKED_BY_ADMINISTRATOR: 'blocked',
  ERR_BLOCKED_BY_CLIENT: 'blocked',
  ERR_NETWORK_ACCESS_DENIED: 'blocked',
  ERR_UNSAFE_PORT: 'redirectInvalid',
  ERR_INVALID_URL: 'redirectInvalid',
  ERR_INVALID_REDIRECT: 'redirectInvalid',
  ERR_UNSAFE_REDIRECT: 'redirectInvalid',
  ERR_TOO_MANY_REDIRECTS: 'redirectMany',
  ERR_CONTENT_LENGTH_MISMATCH: 'brokeOff',
  ERR_INCOMPLETE_CHUNKED_ENCODING: 'brokeOff',
  ERR_INVALID_CHUNKED_ENCODING: 'brokeOff',
  // The disk, for Node and Chromium.
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EFBIG: 'diskFull',
  ERR_FILE_NO_SPACE: 'diskFull',
  EACCES: 'notWritable',
  EPERM: 'notWritable',
  EROFS: 'notWritable',
  ENOTDIR: 'notWritable',
  EISDIR: 'notWritable',
  ELOOP: 'notWritable',
  EIO: 'diskBroken',
  EMFILE: 'fileLimit',
  ENFILE: 'fileLimit',
};

/** Codes with one prefix that mean the same to the user. */
const byFamily: readonly (readonly [prefix: string, kind: Kind])[] = [
  ['ERR_CERT_', 'certificate'],
  ['ERR_SSL_', 'tls'],
  ['ERR_TLS_', 'tls'],
  ['ERR_DNS_', 'name'],
  ['ERR_PAC_', 'proxyDown'],
  ['ERR_SOCKS_', 'proxyDown'],
  ['ERR_HTTP2_', 'reset'],
  ['ERR_QUIC_', 'reset'],
  ['HPE_', 'reset'],
];

const byStatus: Readonly<Record<number, Kind>> = {
  401: 'password',
  403: 'forbidden',
  407: 'proxyPassword',
  429: 'busy',
  511: 'webPage',
};

/** Once bytes of the file have come, a lost connection is a download that broke off. */
const midDownload: ReadonlySet<Kind> = new Set<Kind>(['reset']);

/** A problem for the user; an UpdateProblem is returned as it is. */
export function explainFeedError(error: unknown, during: During): UpdateProblem {
  if (error instanceof UpdateProblem) return error;
  const failure = toFeedError(error);
  if (failure.code === 'CANCELLED') {
    return new UpdateProblem('The download was cancelled.', undefined, {
      cause: error,
      cancelled: true,
    });
  }
  const [message, hint] = wordsOf(failure, during);
  return new UpdateProblem(message, hint, { cause: causeOf(failure) });
}

function wordsOf(failure: FeedError, during: During): Words {
  if (failure.code === 'HTTP_STATUS') return wordsOfStatus(failure.status ?? 0, during);
  const kind = kindOf(failure.code);
  if (kind === undefined) {
    return during === 'check'
      ? ['Looking for updates failed for a reason that Holdfast does not know.', seeLog(tryLater)]
      : ['The download failed for a reason that Holdfast does not know.', seeLog(tryLater)];
  }
  if (during === 'download' && midDownload.has(kind)) return kinds.brokeOff;
  return kinds[kind];
}

function kindOf(code: string): Kind | undefined {
  if (Object.hasOwn(byCode, code)) return byCode[code];
  return byFamily.find(([prefix]) => code.startsWith(prefix))?.[1];
}

function wordsOfStatus(status: number, during: During): Words {
  const kind = Object.hasOwn(byStatus, status) ? byStatus[status] : undefined;
  if (kind !== undefined) return kinds[kind];
  if (status === 404 || status === 410) {
    return during === 'check'
      ? ['The update feed was not found at its address.', tryLater]
      : ['The offered file is no longer at its address.', 'Check for updates again.'];
  }
  return [`The update server answered with an error (${status}).`, tryLater];
}

function seeLog(hint: string): string {
  return `${hint} Holdfast’s log has the details.`;
}

/** What the log shows: the code, and the first error below it. */
function causeOf(failure: FeedError): unknown {
  const { cause } = failure;
  if (cause instanceof Error && cause.message !== '') {
    return new Error(`${failure.message}: ${cause.message.slice(0, 300)}`, { cause });
  }
  return failure;
}

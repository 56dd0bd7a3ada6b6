/** Why an update is not trusted, in sentences for the user. */

/** What the user reads. */
interface Told {
  readonly message: string;
  readonly hint: string;
}

/**
 * `expired`: signed, but too old to be the newest word. `refused`: not what the release keys have signed.
 * `no-root`: this build was made without a root of trust.
 */
type Code = 'expired' | 'refused' | 'no-root';

export class TrustError extends Error {
  override readonly name = 'TrustError';
  readonly code: Code;
  readonly problem: Told;

  /** @param options.since epoch milliseconds at which the newest word expired */
  constructor(
    code: Code,
    options: { readonly cause?: unknown; readonly since?: number | undefined } = {},
  ) {
    const problem = problemOf(code, options.since);
    super(problem.message, { cause: options.cause });
    this.code = code;
    this.problem = problem;
  }
}

function problemOf(code: Code, since: number | undefined): Told {
  switch (code) {
    case 'expired': {
      const day = since === undefined ? '' : ` since ${new Date(since).toISOString().slice(0, 10)}`;
      return {
        message: `There has been no fresh word from the update server${day}. Nothing was downloaded.`,
        hint: 'Check this computer’s date and time. If they are right, try again later: the server is out of date, or something holds its news back.',
      };
    }
    case 'refused':
      return {
        message:
          'What the update server offers is not signed by Holdfast’s release keys. It was not used.',
        hint: 'Try again later or in another network. If it goes on, tell the makers of Holdfast.',
      };
    case 'no-root':
      return {
        message:
          'This copy of Holdfast was built without release keys, so it can’t tell a genuine update from another.',
        hint: 'Install a release of Holdfast, or update this copy the way you got it.',
      };
  }
}

/** What is told of causes, in plain sentences: those of one kind together become one notice. Pure. */
import type { AppContract } from '../contract/app-contract.ts';
import type { EventPayload } from '../contract/define.ts';
import { plainText } from '../contract/plain-text.ts';
import { words } from '../words/spoken.ts';
import type { Cause, CauseKind } from './causes.ts';

/** One notification of the desktop. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  /** It wants the user's attention; else it is news. */
  readonly isProblem: boolean;
  /** Where a click leads to. */
  readonly place: EventPayload<AppContract, 'show'>;
}

/** Desktops cut longer ones anywhere. */
const longestTitle = 80;
const longestBody = 240;
const mostNames = 3;

const problems: ReadonlySet<CauseKind> = new Set<CauseKind>([
  'failed',
  'crashing',
  'needs-you',
  'to-keep',
  'undone',
]);

export function isProblem({ kind }: Cause): boolean {
  return problems.has(kind);
}

/** Problems first. What is about Holdfast itself is told apart from what is about gateways. */
export function noticesOf(causes: readonly Cause[]): Notice[] {
  const order: readonly CauseKind[] = [
    'failed',
    'crashing',
    'needs-you',
    'to-keep',
    'undone',
    'offered',
    'updated',
  ];
  return order.flatMap((kind) => {
    const all = causes.filter((cause) => cause.kind === kind);
    const own = all.filter(({ gateway }) => gateway === null);
    // Several parts of one gateway are told in one sentence already.
    const byGateway = new Map(all.flatMap((one) => (one.gateway ? [[one.gateway, one]] : [])));
    const [first, ...others] = [...byGateway.values()];
    return [
      ...own.map(single),
      ...(first === undefined
        ? []
        : [others.length > 0 ? many([first, ...others]) : single(first)]),
    ];
  });
}

function single(cause: Cause): Notice {
  const { gateway } = cause;
  return notice(
    titleOf(cause),
    cause.detail,
    isProblem(cause),
    gateway === null ? { panel: 'update' } : { panel: 'status', gateway },
  );
}

function titleOf({ kind, key, name, version }: Cause): string {
  const { notices } = words;
  switch (kind) {
    case 'needs-you':
      return notices.needsYou(name);
    case 'to-keep':
      return notices.toKeep(name, version);
    case 'undone':
      return key.startsWith('update-failed') ? notices.updateFailed(name) : notices.undone(name);
    case 'offered':
      return notices.offered(name, version ?? '');
    case 'updated':
      return notices.updated(name, version);
    default:
      return notices[kind](name);
  }
}

function many(causes: readonly [Cause, ...Cause[]]): Notice {
  const names = causes.map(({ name }) => name);
  const shown =
    names.length > mostNames
      ? [...names.slice(0, mostNames), words.notices.more(names.length - mostNames)]
      : names;
  const [first] = causes;
  const title = words.notices.many[first.kind](causes.length);
  return notice(title, words.notices.names(shown), isProblem(first), { panel: 'home' });
}

function notice(title: string, body: string, problem: boolean, place: Notice['place']): Notice {
  return {
    title: cut(title, longestTitle),
    body: cut(withoutMarkup(body), longestBody),
    isProblem: problem,
    place,
  };
}

/** Desktops of Linux read links and pictures in a body; Electron passes it on as it is. */
function withoutMarkup(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›');
}

/** Whole characters only; one line: names and messages come from elsewhere. */
function cut(text: string, longest: number): string {
  const characters = [...plainText(text).replace(/\s+/g, ' ')];
  if (characters.length <= longest) return characters.join('');
  return `${characters.slice(0, longest - 1).join('')}…`;
}

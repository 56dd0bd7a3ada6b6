/** A message as the server at the address wants it. Pure. */
import type { Notice } from '../../notices/notice-words.ts';
import { authorizationOf, type Target, topicOf } from './target.ts';

export type Message = Pick<Notice, 'title' | 'body' | 'isProblem'>;

/** A POST. */
export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** As ntfy counts: 3 is its default, 4 makes a sound on most phones. */
const priority = { problem: 4, news: 3 };

/** @param machine the name of this computer, for who has several */
export function postOf({ kind, url }: Target, message: Message, machine: string): Post {
  const authorization = authorizationOf(url);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Holdfast',
    ...(authorization === null ? {} : { authorization }),
  };
  const to = new URL(url);
  // They are in the header: no request takes them in its address.
  [to.username, to.password, to.hash] = ['', '', ''];
  if (kind === 'webhook') return { url: to, headers, body: webhookBody(message, machine) };
  const topic = topicOf(url);
  // Published as JSON, which holds any script; that goes to the address without the topic.
  to.pathname = to.pathname.replace(/[^/]+\/*$/, '');
  const { title, body, isProblem } = message;
  const json = {
    ...{ topic, title, message: `${body} (${machine})`.trim() },
    priority: isProblem ? priority.problem : priority.news,
    tags: [isProblem ? 'warning' : 'information_source'],
  };
  return { url: to, headers, body: JSON.stringify(json) };
}

function webhookBody({ title, body, isProblem }: Message, machine: string): string {
  const text = [title, body].filter(Boolean).join('\n');
  const severity = isProblem ? 'problem' : 'news';
  return JSON.stringify({ source: 'holdfast', severity, title, message: body, machine, text });
}

const mostTitles = 8;

/** What has waited together becomes one message. */
export function folded(messages: readonly Message[]): Message | null {
  const [first, ...others] = messages;
  if (!first || others.length === 0) return first ?? null;
  const titles = messages.slice(0, mostTitles).map(({ title }) => title);
  const left = messages.length - titles.length;
  return {
    title: `${messages.length} messages about your gateways`,
    body: [...titles, ...(left > 0 ? [`and ${left} more`] : [])].join('; '),
    isProblem: messages.some(({ isProblem }) => isProblem),
  };
}

export const testMessage: Message = {
  title: 'A test from Holdfast',
  body: 'Messages about your gateways will look like this one.',
  isProblem: false,
};

/**
 * A page for looking at every view without an app: `gallery.html?state=update-ready&theme=dark#de`.
 * Without a state it lists them; `&suggest` adds the offer of a health check. Development only: it is
 * no input of the build.
 */
import { createRoot } from 'react-dom/client';
import type { LogQuery } from '../../electron/contract/log-calls.ts';
import { stripAnsi } from '../../electron/contract/log-text.ts';
import type { Settings } from '../../electron/contract/settings.ts';
import { languageFor } from '../../electron/words/language.ts';
import { App } from '../app.tsx';
import { createHoldfast } from '../store/holdfast.ts';
import { languageOfAddress } from '../store/language.ts';
import { createMockBridge } from '../test/mock-bridge.ts';
import { appState, logLine } from '../test/samples.ts';
import { sceneHandlers } from './scene-handlers.ts';
import { type Scene, scenes } from './scenes.ts';

const logBacklog = 2_000;
const frameMs = 16;

const now = Date.now();
const all = scenes(now);
const query = new URLSearchParams(location.search);
const scene = all[query.get('state') ?? ''];
const place = document.getElementById('root');
if (place) {
  const root = createRoot(place);
  if (scene) show(scene);
  else root.render(<SceneList />);

  function show({ state, view, logRate = 0 }: Scene): void {
    const theme = query.get('theme');
    const start = state ?? appState(now);
    const settings: Settings = {
      ...start.settings,
      theme: theme === 'dark' || theme === 'light' ? theme : 'system',
    };
    let offset = 0;
    const line = () => {
      offset += 80;
      return { offset, text: logLine(offset / 80, now) };
    };
    const bridge = createMockBridge(
      { ...start, settings, app: { ...start.app, language: languageOfAddress(location) } },
      {
        ...(state ? {} : { subscribe: () => new Promise(() => undefined) }),
        ...sceneHandlers(now, query.has('suggest')),
        'log.follow': ({ id }) => ({
          file: `/logs/${id}.log`,
          lines: Array.from({ length: logBacklog }, line),
        }),
        'log.search': ({ query, lines }) => searchSample(query, lines),
        'settings.change': (change) => {
          const { settings, app } = bridge.publisher.snapshot().state;
          const language = languageFor(change.language ?? settings.language, navigator.languages);
          bridge.publish({
            settings: { ...settings, ...definedOnly(change) },
            app: { ...app, language },
          });
          return null;
        },
      },
    );
    const holdfast = createHoldfast(bridge);
    holdfast.open(view);
    if (logRate > 0) {
      let due = 0;
      setInterval(() => {
        due += (logRate * frameMs) / 1_000;
        const lines = Array.from({ length: Math.floor(due) }, line);
        due -= lines.length;
        const id = holdfast.logs.getState().id;
        if (id && lines.length > 0) bridge.emit('log', { id, lines, gap: false });
      }, frameMs);
    }
    root.render(<App holdfast={holdfast} />);
  }
}

/** Looks through the lines that stand there at first. */
function searchSample({ text }: LogQuery, most: number) {
  const found = Array.from({ length: logBacklog }, (_, at) => ({
    offset: 80 * (at + 1),
    text: logLine(at + 1, now),
  })).filter((one) => stripAnsi(one.text).toLowerCase().includes(text.toLowerCase()));
  const hits = found.map(({ offset }) => offset);
  const end = 80 * logBacklog;
  const lines = most === 0 ? [] : found.slice(-most);
  return { set: 'a', live: 0, whole: true, count: hits.length, hits, lines, end };
}

/** A change without the keys that are there but undefined. */
function definedOnly<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function SceneList() {
  return (
    <ul className="page">
      {Object.keys(all).map((name) => (
        <li key={name}>
          <a href={`?state=${name}`}>{name}</a>
        </li>
      ))}
    </ul>
  );
}

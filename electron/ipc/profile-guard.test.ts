/** What a window that was taken over can learn of profiles, and have run. */
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { AppContract } from '../contract/app-contract.ts';
import type { Client, Handlers } from '../contract/define.ts';
import type { PresetView } from '../contract/presets.ts';
import { type Profile, type ProfileInput, profileSchema } from '../contract/profile.ts';
import { hiddenValue } from '../contract/profile-id.ts';
import type { WatcherContract } from '../contract/watcher-contract.ts';
import { partsWith, watcherWith } from '../testing/app-states.ts';
import { createAppStore } from './app-store.ts';
import { createHandlers } from './handlers.ts';
import type { WindowCaller } from './ipc-server.ts';
import type { CommandQuestion } from './profile-guard.ts';

const caller: WindowCaller = { id: 1, send: () => undefined, onGone: () => undefined };
const profileOf = (changes: Partial<ProfileInput> = {}): Profile =>
  z.parse(profileSchema, {
    schema: 1,
    id: 'a',
    name: 'A',
    program: { type: 'command', command: '/bin/a', args: ['--serve'] },
    env: { API_KEY: 'secret-value' },
    ...changes,
  });
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hf-guard-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const broken = {
  'broken.json': { message: 'broken.json can’t be used: the command is missing.' },
  'link.json': { message: 'link.json can’t be used: it is a link.' },
};
const offered = profileOf({ id: 'found', env: { OWN_HOME: 'found-value' } });

let saved: Profile[];
let added: unknown[];
let trials: Profile[];
let questions: CommandQuestion[];
let agrees: boolean;
/** What the desktop was asked to open, to show, and to have chosen. */
let asked: string[];
let chosen: string | null;
let handlers: Handlers<AppContract, WindowCaller>;
beforeEach(() => {
  saved = [];
  added = [];
  trials = [];
  questions = [];
  asked = [];
  chosen = null;
  agrees = false;
  const view: PresetView = {
    id: 'p',
    name: 'P',
    about: 'P',
    fields: [],
    found: [{ profile: offered, where: 'Here.' }],
  };
  const answers: Record<string, (input: unknown) => unknown> = {
    'profile.list': () => [profileOf()],
    'preset.list': () => [view],
    'preset.add': (input) => {
      added.push(input);
      return { id: 'new' };
    },
    'profile.test': (input) => {
      trials.push(z.parse(z.object({ profile: profileSchema }), input).profile);
      return { ran: true, outcome: 'It ran.', lines: [] };
    },
    'profile.save': (input) => {
      saved.push(z.parse(z.object({ profile: profileSchema }), input).profile);
      return null;
    },
  };
  const watcher = {
    call: async (name: string, input: unknown) => answers[name]?.(input),
    on: () => () => undefined,
  };
  handlers = createHandlers({
    store: createAppStore(partsWith({ watcher: watcherWith([], { profileProblems: broken }) })),
    // A fake of the calls that profiles need.
    watcher: watcher as unknown as Client<WatcherContract>,
    profilesFolder: () => folder,
    openFile: async (file: string) => void asked.push(`open ${file}`),
    revealFile: (file: string) => void asked.push(`show ${file}`),
    choosePath: async (kind: string, from: string | undefined) => {
      asked.push(`choose ${kind} from ${from}`);
      return chosen;
    },
    confirmCommand: async (question: CommandQuestion) => {
      questions.push(question);
      return agrees;
    },
    // Not used by what is asked here.
  } as unknown as Parameters<typeof createHandlers>[0]);
});

const save = (profile: Profile) => handlers['profile.save']({ profile }, caller);
const hidden = (profile: Profile): Profile => ({
  ...profile,
  env: Object.fromEntries(Object.keys(profile.env).map((name) => [name, hiddenValue])),
});

describe('a window', () => {
  test('never gets the value of a variable, of a profile or of an offer [R66]', async () => {
    const seen = JSON.stringify([
      await handlers['profile.list'](undefined, caller),
      await handlers['preset.list'](undefined, caller),
    ]);
    expect(seen).toContain('API_KEY');
    expect(seen).not.toMatch(/secret-value|found-value/);
  });

  test('keeps the values that it sends back hidden, and may set others', async () => {
    agrees = true;
    await save({ ...hidden(profileOf()), name: 'B' });
    expect(saved[0]).toEqual(profileOf({ name: 'B' }));
    expect(questions).toEqual([]);
    await save({ ...profileOf(), env: { API_KEY: hiddenValue, OTHER: 'new' } });
    expect(saved[1]?.env).toEqual({ API_KEY: 'secret-value', OTHER: 'new' });
    expect(questions[0]?.lines.join()).toContain('API_KEY, OTHER');
    await expect(save(profileOf({ id: 'b', env: { NEVER_SET: hiddenValue } }))).rejects.toThrow(
      'The variable NEVER_SET has no value yet. Type one.',
    );
  });

  test.each<[string, Partial<ProfileInput>, string]>([
    ['another command', { program: { type: 'command', command: '/bin/evil' } }, '/bin/evil'],
    [
      'another argument',
      { program: { type: 'command', command: '/bin/a', args: ['-c', 'x y'] } },
      '"x y"',
    ],
    [
      'another folder',
      { program: { type: 'command', command: '/bin/a', args: ['--serve'], cwd: '/e' } },
      'in /e',
    ],
    ['another variable', { env: { LD_PRELOAD: '/evil.so' } }, 'LD_PRELOAD'],
    [
      'a command at an update',
      { update: { policy: 'release', command: { command: '/bin/evil' } } },
      'at an update: /bin/evil',
    ],
    ['a new profile', { id: 'new', program: { type: 'command', command: '/bin/new' } }, '/bin/new'],
  ])(
    'has nothing run without the user: %s is asked about, and not saved when refused [R66]',
    async (_, change, said) => {
      await expect(save(profileOf(change))).rejects.toThrow(/was not saved/);
      expect(questions[0]?.lines.join('\n')).toContain(said);
      expect(saved).toEqual([]);
      agrees = true;
      await save(profileOf(change));
      expect(saved).toHaveLength(1);
    },
  );

  test('has nothing tested without the user either, and the values are filled in outside of it', async () => {
    const tested = (change: Partial<ProfileInput>) =>
      handlers['profile.test']({ profile: hidden(profileOf(change)) }, caller);
    const program = { type: 'command' as const, command: '/bin/evil' };
    await expect(tested({ program })).rejects.toThrow(/was not saved or run/);
    expect(questions[0]?.lines.join()).toContain('/bin/evil');
    expect(trials).toEqual([]);
    await tested({});
    expect(trials).toEqual([profileOf()]);
    expect(questions).toHaveLength(1);
  });

  test('can’t hide in the question what it asks for', async () => {
    const program = {
      type: 'command',
      command: '/bin/ok\u202e\u001b[2K',
      args: ['\n\n\nrm'],
    } as const;
    await expect(
      save(profileOf({ program: { ...program, args: [...program.args] } })),
    ).rejects.toThrow();
    const [line = ''] = questions[0]?.lines ?? [];
    expect(line).toContain('\\n\\n\\nrm');
    expect(line).not.toContain('\u202e');
    expect(line).not.toContain('\u001b');
  });

  test('has what was found on this machine kept without a question, as it was found', async () => {
    await handlers['preset.list'](undefined, caller);
    await save(hidden(offered));
    expect(saved).toEqual([offered]);
    expect(questions).toEqual([]);
    await expect(
      save({ ...hidden(offered), program: { type: 'command', command: '/bin/evil', args: [] } }),
    ).rejects.toThrow(/was not saved/);
  });

  test('adds by a form what the user confirms, and an address without a question', async () => {
    const add = (id: string, values: Record<string, string>) =>
      handlers['preset.add']({ id, values }, caller);
    await expect(add('llama-server', { name: 'C', model: '/c.gguf' })).rejects.toThrow(
      /was not saved/,
    );
    expect(questions[0]).toEqual({ name: 'C', lines: ['model: /c.gguf'] });
    expect(added).toEqual([]);
    await add('remote', { name: 'R', url: 'https://r.example/' });
    agrees = true;
    await add('llama-server', { name: 'C', model: '/c.gguf' });
    expect(added).toHaveLength(2);
  });

  test('keeps the gateway that ships with Holdfast without a question', async () => {
    const program = { type: 'shipped', name: 'reference-gateway' } as const;
    await save(profileOf({ id: 'reference', program, env: {}, port: 18_790 }));
    expect(saved).toHaveLength(1);
    expect(questions).toEqual([]);
  });

  test('opens no file but a profile that can’t be used, and no link', async () => {
    const open = (file: string) => handlers['profile.open']({ file }, caller);
    for (const file of ['a.json', '../settings.json', folder]) {
      await expect(open(file)).rejects.toThrow(/not there any more/);
    }
    writeFileSync(path.join(folder, 'broken.json'), '{');
    await open('broken.json');
    if (process.platform !== 'win32') symlinkSync('/etc/passwd', path.join(folder, 'link.json'));
    await open('link.json');
    expect(asked).toEqual([
      `open ${path.join(folder, 'broken.json')}`,
      `show ${path.join(folder, 'link.json')}`,
    ]);
  });

  test('gets the path that its user chooses, or why it is of no use', async () => {
    const choose = (kind: 'program' | 'folder') =>
      handlers['path.choose']({ kind, from: '/from' }, caller);
    expect(await choose('folder')).toEqual({ path: null });
    chosen = folder;
    expect(await choose('folder')).toEqual({ path: folder });
    await expect(choose('program')).rejects.toThrow(/is not a program/);
    expect(asked[0]).toBe('choose folder from /from');
  });
});

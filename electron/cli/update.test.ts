/** `holdfast update`, with a real watcher and a gateway that is updated by a command. */
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../testing/free-port.ts';
import { createSource } from '../testing/stage-source.ts';
import { install, UpdatedGateway, type Ways } from '../testing/updated-gateway.ts';
import { until } from '../testing/watcher-bench.ts';
import { act } from './act.ts';
import { parseArguments } from './arguments.ts';

let one: UpdatedGateway;
afterEach(() => one.bench.sweep());

const versions = (world: UpdatedGateway): Ways => ({
  rollback: { type: 'snapshot', paths: [world.at('version')] },
  version: { type: 'file', path: world.at('version') },
  check: { type: 'command', command: process.execPath, args: [world.at('newest.mjs')] },
});

/** The gateway has version 1.0.0, and 1.1.0 is the newest; its command installs `script`. */
async function serve(script: string, ways: Ways = {}): Promise<void> {
  one = await UpdatedGateway.serve(script, (world) => ({ ...versions(world), ...ways }));
  one.put('version', '1.0.0');
  one.put('newest.mjs', "console.log('1.1.0');");
}

/** What is said, and the exit code. `answer`: to every question. */
async function holdfast(args: string, answer: boolean | null = null) {
  const asked = parseArguments(args.split(' '), {});
  if (typeof asked === 'string' || asked.command.name !== 'update') throw new Error(String(asked));
  const said: string[] = [];
  const questions: string[] = [];
  const voice = {
    print: (text: string) => said.push(text),
    warn: (text: string) => said.push(text),
  };
  const ask = async (question: string): Promise<boolean> => {
    questions.push(question);
    return answer === true;
  };
  const source = createSource(one.bench.folder);
  const code = await act(
    one.bench.state,
    asked.command,
    voice,
    source,
    answer === null ? null : ask,
  );
  return { code, said: said.join('\n'), questions };
}

describe('holdfast update', () => {
  it('says which version is available, and installs it when the question is answered by yes', async () => {
    await serve(install('1.1.0'));
    expect(await holdfast('update ref --check')).toMatchObject({
      code: 0,
      said: expect.stringMatching(/^Reference +1\.0\.0; 1\.1\.0 is available$/),
    });
    const refused = await holdfast('update ref', false);
    expect(refused.questions).toEqual(['Update Reference (1.0.0; 1.1.0 is available)?']);
    await one.stillServes();
    expect(await holdfast('update ref', true)).toMatchObject({ code: 0 });
    await one.ends('committed');
    await one.servesAnew('1.1.0');
    expect((await holdfast('update --all --check')).said).toMatch(
      /^Reference +1\.1\.0, the newest$/,
    );
    await one.bench.finish();
  });

  it('tells that a new version is watched, and puts the old one back when asked to', async () => {
    await serve(install('1.1.0'), { soakMs: 600_000 });
    const { said } = await holdfast('update --gateway --yes');
    expect(said).toContain('holdfast update ref --keep, or --undo');
    expect(await holdfast('update ref --undo')).toMatchObject({ code: 0 });
    await one.ends('put-back');
    expect((await holdfast('update ref --check')).said).toMatch(/1\.1\.0 was undone before/);
    await one.bench.finish();
  });

  it('decides about Holdfast itself where no gateway is named, when that is asked', async () => {
    await serve(install('1.1.0'));
    for (const word of ['--keep', '--undo']) {
      await expect(holdfast(`update ${word}`)).rejects.toThrow(
        'There is no new version to decide about.',
      );
    }
    expect(parseArguments(['update', 'ref', '--back'], {})).toBe(
      '"update" takes a gateway or --back, not both: --back is about Holdfast itself.',
    );
    await expect(holdfast('update --back')).rejects.toThrow(
      /^No earlier version of Holdfast is kept here\./,
    );
    expect(parseArguments(['update', '--check'], {})).toBe(
      'Which gateway? holdfast update <gateway>',
    );
    await one.bench.finish();
  });

  it('fails with the reason when one of all can’t be updated, and says what can’t go together', async () => {
    await serve(`console.error('no network'); process.exitCode = 7;`);
    const { code, said } = await holdfast('update --all');
    expect(code).toBe(1);
    expect(said).toContain('ref: The update command of Reference');
    expect(said).toContain('no network');
    expect(parseArguments(['update', 'ref', '--keep', '--undo'], {})).toBe(
      '"update" takes --keep or --undo, not both.',
    );
    expect(parseArguments(['update', '--all', '--undo'], {})).toBe(
      'Which gateway? holdfast update <gateway> --undo',
    );
    expect(parseArguments(['update', 'ref', '--all'], {})).toBe(
      '"update" takes a gateway or --all, not both.',
    );
    await one.bench.finish();
  });

  it.each([
    ['that works', install('two'), 0],
    ['that fails', 'process.exitCode = 7;', 1],
  ])(
    'runs an update %s once for all gateways with one folder, also a stopped one [R123]',
    async (_, script, code) => {
      const counted = `require('fs').appendFileSync('runs', '.'); ${script}`;
      one = await UpdatedGateway.serve(counted, (world) => ({ folder: world.folder() }));
      const ways = { folder: one.folder() };
      one.write('stopped', await freePort(), counted, ways, { autostart: false });
      await until(() => one.view('stopped') !== undefined, 'the profile to be read');
      expect((await holdfast('update --gateway')).code).toBe(code);
      expect(one.read('runs')).toBe('.');
      await one.bench.finish();
    },
  );
});

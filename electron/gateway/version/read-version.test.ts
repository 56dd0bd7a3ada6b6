/** Versions read from real commands, files and servers. */
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type Profile, type ProfileInput, profileSchema } from '../../contract/profile.ts';
import { systemClock } from '../../process/index.ts';
import { platform } from '../../process/platform.ts';
import { freePort } from '../../testing/free-port.ts';
import { createWorkbench, pidIn, until, type Workbench } from '../../testing/processes.ts';
import { readInstalledVersion, readNewestVersion, type VersionQuestion } from './read-version.ts';

type Update = NonNullable<ProfileInput['update']>;
type Own = Omit<Extract<Update, { policy: 'keep' }>, 'policy'>;

let bench: Workbench;
let servers: Server[];
beforeEach(() => {
  bench = createWorkbench();
  servers = [];
  for (const name of ['run', 'data']) mkdirSync(at(name));
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  bench.clean();
});

const at = (name: string): string => path.join(bench.folder, name);
const drafts = (): string[] => readdirSync(at('run'));

function question(changes: Partial<VersionQuestion> = {}): VersionQuestion {
  return {
    clock: systemClock,
    env: process.env,
    dataDir: at('data'),
    runFolder: at('run'),
    stateRoot: bench.folder,
    ...changes,
  };
}

function profile(update: Own, more: Partial<ProfileInput> = {}): Profile {
  return z.parse(profileSchema, {
    schema: 1,
    id: 'g',
    name: 'Claw',
    program: { type: 'command', command: 'claw' },
    update: { policy: 'keep', ...update },
    ...more,
  });
}

/** A command that runs a program of Node. */
const node = (script: string, more: object = {}) => ({
  type: 'command' as const,
  command: process.execPath,
  args: ['-e', script],
  ...more,
});

const installed = (source: Own['version'], more: Partial<ProfileInput> = {}): Promise<string> =>
  readInstalledVersion(profile(source === undefined ? {} : { version: source }, more), question());
const newest = (check: Own['check']): Promise<string> =>
  readNewestVersion(profile(check === undefined ? {} : { check }), question());

async function serve(answer: RequestListener): Promise<number> {
  const port = await freePort();
  const server = createServer(answer).listen(port, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return port;
}

describe('a command that is asked for a version', () => {
  it('is believed when it exits with 0, and leaves no draft', async () => {
    expect(await installed(node(`console.log('Claw 2026.9.6 (1a2b3c4)')`))).toBe('2026.9.6');
    const json = `console.log(JSON.stringify({ update: { latest: 'v2026.10.1' } }))`;
    expect(await newest(node(json, { field: 'update.latest' }))).toBe('2026.10.1');
    expect(drafts()).toEqual([]);
  });

  it('may print it as an error, but its output goes first', async () => {
    expect(await installed(node(`console.error('java 21.0.1')`))).toBe('21.0.1');
    const both = `console.error('warning of npm 10.9.2'); console.log('1.2.3')`;
    expect(await installed(node(both))).toBe('1.2.3');
  });

  it('that fails is named with its last line, in which secrets are hidden', async () => {
    const script = `console.log('1.2.3'); console.error('no: token=abcdefgh'); process.exitCode = 3`;
    const name = path.basename(process.execPath);
    await expect(newest(node(script))).rejects.toThrow(
      `The newest version of Claw is not known: ${name} failed: exit code 3. It last printed: “no: token=[hidden]”`,
    );
    await expect(installed(node(`console.log('none')`))).rejects.toThrow(
      'The version of Claw is not known: there is no version in the answer.',
    );
    await expect(installed({ ...node(''), command: at('missing') })).rejects.toThrow(
      /^The version of Claw is not known: missing failed: .*missing was not found\..*[^.]\.$/,
    );
    expect(drafts()).toEqual([]);
  });

  it('that takes too long is ended, with everything that it started', async () => {
    const script = `
      const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' });
      require('fs').writeFileSync(${JSON.stringify(at('pids'))}, process.pid + ' ' + child.pid);
      setInterval(() => {}, 1e6);
    `;
    // As long as a Node under Wine takes to come up on a busy machine: it has to have a child by then.
    await expect(installed(node(script, { timeoutMs: 5_000 }))).rejects.toThrow(
      'not finished after 5 s',
    );
    const pids = readFileSync(at('pids'), 'utf8').split(' ').map(Number);
    expect(pids).toHaveLength(2);
    await until(() => pids.every((pid) => !platform.startMarker(pid)), 'both to end');
    expect(drafts()).toEqual([]);
  });

  it('that leaves a process behind has it ended', async () => {
    const script = `
      const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
      child.unref();
      require('fs').writeFileSync(${JSON.stringify(at('pid'))}, String(child.pid));
      console.log('1.2.3');
    `;
    expect(await installed(node(script))).toBe('1.2.3');
    const pid = Number(readFileSync(at('pid'), 'utf8'));
    await until(() => platform.startMarker(pid) === undefined, 'its child to end');
  });

  it('that prints without end is ended', async () => {
    const script = `setInterval(() => process.stdout.write('x'.repeat(500_000)), 1)`;
    await expect(installed(node(script))).rejects.toThrow('it printed more than 1 MB');
  });

  it('is given up when the question is', async () => {
    const given = new AbortController();
    const script = `require('fs').writeFileSync(${JSON.stringify(at('pid'))}, String(process.pid)); setInterval(() => {}, 1e6)`;
    const asked = readInstalledVersion(
      profile({ version: node(script) }),
      question({ signal: given.signal }),
    );
    const pid = await until(() => pidIn(at('pid')), 'the command to run');
    given.abort(new Error('it is being updated'));
    await expect(asked).rejects.toThrow('it is being updated');
    await until(() => platform.startMarker(pid) === undefined, 'the command to end');
  });

  it('gets the environment of its gateway, without what the profile takes away', async () => {
    const env = { CLAW_HOME: '/srv/claw', CLAW_SUPERVISED: 'external' };
    const script = `console.log(JSON.stringify([process.env.CLAW_HOME, process.env.CLAW_SUPERVISED ?? '9.9.9', process.cwd()]))`;
    const version = node(script, { without: ['CLAW_SUPERVISED'], field: '/1' });
    expect(await installed(version, { env })).toBe('9.9.9');
    await expect(installed({ ...version, without: [] }, { env })).rejects.toThrow('no version');
  });

  it.skipIf(process.platform === 'win32')('is found on the user’s search path', async () => {
    mkdirSync(at('bin'));
    writeFileSync(at('bin/claw'), '#!/bin/sh\necho claw 4.5.6\n');
    chmodSync(at('bin/claw'), 0o755);
    const version = { type: 'command' as const, command: 'claw' };
    const asked = readInstalledVersion(
      profile({ version }),
      question({ user: { path: `${at('bin')}:/usr/bin:/bin` } }),
    );
    expect(await asked).toBe('4.5.6');
  });
});

describe('an address that names the newest version', () => {
  it('is read, also through redirects', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/new') response.end('{"dist-tags":{"latest":"1.4.0"}}');
      else response.writeHead(302, { location: '/new' }).end();
    });
    const url = `http://127.0.0.1:${port}/old`;
    expect(await newest({ type: 'http', url, field: '/dist-tags/latest' })).toBe('1.4.0');
  });

  it.each([
    ['redirects without end', { location: '/again' }, 'it redirects too often'],
    [
      'leads to another machine in plain text',
      { location: 'http://192.0.2.1/' },
      'neither https nor on this machine',
    ],
    ['answers with an error', undefined, 'the server answers 500'],
  ])('that %s is refused, and the sentence hides its password', async (_, headers, why) => {
    const port = await serve((_request, response) => {
      response.writeHead(headers ? 302 : 500, headers).end();
    });
    const url = `http://someone:secret@127.0.0.1:${port}/`;
    const failure = newest({ type: 'http', url });
    await expect(failure).rejects.toThrow(why);
    await expect(failure).rejects.toThrow(/^(?!.*secret).*\[hidden\]@127\.0\.0\.1/);
  });

  it('that sends more than it may is refused', async () => {
    const port = await serve((_request, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(1024 * 1024)));
        response.once('drain', more);
      };
      more();
    });
    await expect(newest({ type: 'http', url: `http://127.0.0.1:${port}/` })).rejects.toThrow(
      'longer than 16 MB',
    );
  });

  it.each(['http://example.org/version', 'ftp://127.0.0.1/', 'file:///etc/passwd'])(
    '%s is no part of a profile',
    (url) => {
      expect(() => profile({ check: { type: 'http', url } })).toThrow();
    },
  );
});

describe('an installed version', () => {
  it('is asked at the gateway’s own port', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/status') response.end('{"build":{"version":"2.0.1"}}');
      else response.writeHead(404).end();
    });
    const version = { type: 'http', path: '/status', field: 'build.version' } as const;
    expect(await installed(version, { port })).toBe('2.0.1');
    await expect(installed({ ...version, path: '/else' }, { port })).rejects.toThrow(
      `It answers 404 at /else on port ${port}.`,
    );
    const closed = await freePort();
    await expect(installed(version, { port: closed })).rejects.toThrow('It does not listen');
    expect(() => profile({ version })).toThrow();
  });

  it('is read from a file of the data folder', async () => {
    writeFileSync(at('data/package.json'), '{"name":"claw","version":"3.2.1"}');
    const version = { type: 'file', path: '{data}/package.json', field: 'version' } as const;
    expect(await installed(version)).toBe('3.2.1');
    await expect(installed({ ...version, path: 'missing' })).rejects.toThrow('does not exist');
  });

  it('is not known when the profile does not say how to ask', async () => {
    await expect(installed(undefined)).rejects.toThrow('its profile has no "update.version".');
    await expect(newest(undefined)).rejects.toThrow('its profile has no "update.check".');
  });
});

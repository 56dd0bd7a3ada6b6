/** What is wrong in a world that has settled, seen from outside: processes, answers, files. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import type { AttemptStore } from '../../electron/files/state-folder.ts';
import { isNonceOf } from '../../electron/gateway/ledger/nonce.ts';
import {
  listAttempts,
  newestGatewayReceipt,
  readReceipt,
} from '../../electron/transaction/attempts.ts';
import { readJournal } from '../../electron/transaction/journal.ts';
import { keptFileOf, readKept } from '../../electron/transaction/kept.ts';
import { processesIn } from './processes.ts';
import type { Scenario } from './scenarios.ts';
import type { Gateway, World } from './world.ts';

export interface Answer {
  readonly nonce: string;
  readonly pid: number;
  readonly build: string;
}

/** Of whoever serves on the port; null: nobody does. */
export function ask(port: number): Promise<Answer | null> {
  return new Promise((resolve) => {
    const request = http.get(
      { host: '127.0.0.1', port, path: '/status', agent: false, timeout: 2_000 },
      (response) => {
        let text = '';
        response.on('data', (part) => {
          text += String(part);
        });
        response.on('error', () => resolve(null));
        response.on('end', () => {
          try {
            resolve(JSON.parse(text));
          } catch {
            resolve(null);
          }
        });
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

/** One line for each thing that is wrong; none when all is well. */
export async function lookAround(world: World, scenario: Scenario): Promise<string[]> {
  const answers = await Promise.all(
    world.gateways.map(async (gateway) => [gateway, await ask(gateway.port)] as const),
  );
  const builds = new Map(answers.map(([{ id }, answer]) => [id, answer?.build ?? 'none']));
  return [
    ...answers.flatMap(([gateway, answer]) => gatewayTrouble(world, gateway, answer)),
    ...processTrouble(world),
    ...(scenario.wish !== 'gateway freed'
      ? receiptTrouble(world, builds)
      : gatewayReceiptTrouble(world, builds)),
    ...(scenario.wish === 'gateway freed' ? [] : keptTrouble(world)),
    ...leftovers(world),
  ];
}

function gatewayTrouble(world: World, { id }: Gateway, answer: Answer | null): string[] {
  if (!answer) return [`${id} does not serve`];
  const own = processesIn(world.folder).filter(({ nonce }) =>
    isNonceOf(nonce, world.state.root, id),
  );
  return [
    ...(own.length === 1 ? [] : [`${id} runs ${own.length} times: ${JSON.stringify(own)}`]),
    ...(own.some(({ nonce }) => nonce === answer.nonce)
      ? []
      : [`${id} is served by nonce ${answer.nonce}, which no process of ours has`]),
  ];
}

function processTrouble(world: World): string[] {
  const all = processesIn(world.folder);
  const of = (kind: string) => all.filter((one) => one.kind === kind);
  const strays = all.filter(
    ({ kind, nonce }) =>
      kind === 'unpacker' ||
      kind === 'terminal' ||
      (kind === 'other' &&
        !world.gateways.some(({ id }) => isNonceOf(nonce, world.state.root, id))),
  );
  return [
    ...(of('app').length === 1 ? [] : [`${of('app').length} apps run`]),
    ...(of('watcher').length === 1 ? [] : [`${of('watcher').length} watchers run`]),
    ...strays.map(({ words }) => `a process is left: ${words}`),
  ];
}

/** `1.0.0+old`, as the image says. */
function installed(world: World): string {
  if (!existsSync(world.image)) return 'nothing';
  return readFileSync(world.image, 'utf8').split('\n')[1]?.slice('# '.length) ?? 'rubbish';
}

const oldBuild = '1.0.0+old';
const newBuild = '1.1.0+none';

function receiptTrouble(world: World, builds: ReadonlyMap<string, string>): string[] {
  const app = installed(world);
  const runs = world.says()?.buildId;
  const [attempt] = listAttempts(world.state);
  const receipt = attempt === undefined ? null : readReceipt(world.state, attempt);
  const expected = receipt?.outcome === 'committed' ? newBuild : oldBuild;
  const ref = builds.get('ref');
  const said = receipt?.outcome ?? 'nothing';
  // One that failed says why; what runs then is in its lines.
  const isClear = receipt?.outcome !== 'failed';
  return [
    ...(app === oldBuild || app === newBuild ? [] : [`the installed app is ${app}`]),
    ...(runs === app ? [] : [`${app} is installed, and ${runs} runs`]),
    ...(attempt === undefined ? [] : journalTrouble(world.state, attempt, receipt?.outcome)),
    ...(isClear && app !== expected ? [`the receipt says ${said}, and ${app} is installed`] : []),
    ...(isClear && ref !== expected ? [`the receipt says ${said}, and ref is ${ref}`] : []),
    ...(isClear || receipt?.problem ? [] : ['the receipt says failed, and not why']),
    ...(receipt?.gateways ?? []).flatMap(({ id, result, after }) => [
      ...(result === 'down' ? [`the receipt says that ${id} is down`] : []),
      // Null: its status had not answered yet.
      ...(after?.build && after.build !== builds.get(id)
        ? [`the receipt says that ${id} is ${after.build}, and ${builds.get(id)} serves`]
        : []),
    ]),
  ];
}

/** After an update that has stayed, the version before it can be gone back to: its very bytes are there. */
function keptTrouble(world: World): string[] {
  const [attempt] = listAttempts(world.state);
  const receipt = attempt === undefined ? null : readReceipt(world.state, attempt);
  if (receipt?.outcome !== 'committed') return [];
  const kept = readKept(world.state);
  if (!kept) return ['nothing is kept'];
  const sha512 = createHash('sha512').update(readFileSync(kept.file)).digest('base64');
  return [
    ...(kept.version === receipt.fromVersion ? [] : [`version ${kept.version} is kept`]),
    ...(sha512 === kept.sha512 ? [] : ['what is kept is not what its record says']),
  ];
}

/** An attempt that was armed has ended, and its receipt says the same. */
function journalTrouble(store: AttemptStore, attempt: string, outcome: string | undefined) {
  const { records, damage } = readJournal(store.attempt(attempt).journal);
  const armed = records.some(({ event }) => event.type === 'armed');
  const ended = records.find(({ event }) => event.type === 'ended')?.event;
  const says = ended?.type === 'ended' ? ended.outcome : undefined;
  return [
    // What was torn before a watcher had armed is of no interest to anyone.
    ...(damage === 'none' || !armed ? [] : [`the journal is ${damage}`]),
    ...(armed && says === undefined ? ['the update has not ended'] : []),
    ...(says === outcome ? [] : [`the journal says ${says}, the receipt ${outcome}`]),
  ];
}

/** How the update that was wished for has ended, as its receipt says; undefined: there is none. */
export function outcomeOf({ state }: World, { wish }: Scenario): string | undefined {
  if (wish === 'gateway freed')
    return newestGatewayReceipt(state.gatewayAttempts('freed'))?.outcome;
  const [attempt] = listAttempts(state);
  return attempt === undefined ? undefined : readReceipt(state, attempt)?.outcome;
}

function gatewayReceiptTrouble(world: World, builds: ReadonlyMap<string, string>): string[] {
  const store = world.state.gatewayAttempts('freed');
  const build = builds.get('freed');
  const receipt = newestGatewayReceipt(store);
  const [attempt] = listAttempts(store);
  const wrong = attempt === undefined ? [] : journalTrouble(store, attempt, receipt?.outcome);
  if (!receipt) return build === 'old' ? wrong : [...wrong, `freed is ${build}, without a receipt`];
  const expected = receipt.outcome === 'committed' ? 'new' : 'old';
  if (receipt.outcome === 'failed') wrong.push(`it failed: ${receipt.problem?.message}`);
  else if (build !== expected) {
    wrong.push(`the receipt says ${receipt.outcome}, and freed is ${build}`);
  }
  return wrong;
}

const entries = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Files that belong to nothing. */
function leftovers(world: World): string[] {
  const { state } = world;
  const all = readdirSync(world.folder, { recursive: true, withFileTypes: true });
  // A draft of a stage goes with the next start of a watcher, ten minutes later.
  const drafts = all
    .filter(
      ({ name, parentPath }) =>
        /\.(?:tmp|part)$/.test(name) && !/control|\.draft-/.test(parentPath),
    )
    .map(({ name, parentPath }) => path.relative(world.folder, path.join(parentPath, name)));
  const allowed = new Set(['plan.json', 'journal.jsonl', 'receipt.json', 'metadata']);
  const ofAttempts = [state, ...world.gateways.map(({ id }) => state.gatewayAttempts(id))].flatMap(
    (store) =>
      listAttempts(store).flatMap((attempt) =>
        entries(store.attempt(attempt).folder)
          .filter((name) => !allowed.has(name))
          .map((name) => `of an attempt: ${name}`),
      ),
  );
  const own = new Set(['Holdfast.AppImage', path.basename(keptFileOf(world.image))]);
  const others = [
    ...entries(world.at('apps')).filter((name) => !own.has(name)),
    ...entries(world.at('freed')).filter((name) => !['build.txt', 'server.mjs'].includes(name)),
    ...entries(world.at('tmp')),
    ...entries(state.rehearsals),
    ...entries(state.staged).filter(
      (name) => !/^(?:\.draft-)?(?:bundle|runtime)-[a-f0-9-]+$/.test(name),
    ),
  ];
  return [...new Set([...drafts, ...ofAttempts, ...others])].map((name) => `left: ${name}`);
}

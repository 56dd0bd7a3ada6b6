/**
 * Linux's escape ladder, climbed only when the app's own control group may be torn down with it:
 *
 *   sandboxed in Flatpak ──► flatpak-spawn --host
 *   own control group is the root ──► setsid is enough
 *   in a systemd unit ──► systemd-run --user ──► move to a group outside ──► setsid, and say so
 *   in another group  ──► move to a group outside ──► setsid, and say so
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { nonceVariable, type Rung } from '../../contract/identity.ts';
import { forbiddenVariables } from '../environment.ts';
import { judgeEscape } from '../judge-escape.ts';
import { run } from '../on-demand.ts';
import type { ExitWaiter, ProcessFacts } from '../platform-interface.ts';
import { watchForeign } from '../spawn-result.ts';
import type { SpawnResult, SpawnSpec } from '../spawn-spec.ts';
import { cgroupOf, moveInto, openLeafOutside, unitOf } from './cgroup.ts';
import { refuseInsideMount } from './mount.ts';
import { mappedFiles, openFiles, readLink, readStat, startMarker } from './proc.ts';
import { linuxSpawn } from './spawn.ts';

/** systemd answers within milliseconds; a user manager that hangs must not hang the app. */
const managerTimeout = 10_000;

export async function linuxLaunch(spec: SpawnSpec, waiter: ExitWaiter): Promise<SpawnResult> {
  refuseInsideMount(spec.command);
  const reasons: string[] = [];
  if (existsSync('/.flatpak-info')) return flatpakSpawn(spec, waiter);
  const own = cgroupOf('self');
  if (own === '/' || own === '') return judged(linuxSpawn(spec, waiter), 'setsid', reasons);
  if (unitOf(own) !== '') {
    const result = await systemdRun(spec, reasons, waiter);
    if (result) return result;
  }
  const leaf = openLeafOutside(spec.nonce || randomBytes(16).toString('hex'));
  const started = linuxSpawn(spec, waiter);
  if (leaf && moveInto(leaf, started.pid)) return judged(started, 'cgroup-move', reasons);
  reasons.push(
    leaf ? `The kernel refused the move to ${leaf}.` : 'No control group outside ours is writable.',
  );
  return judged(started, 'setsid', reasons);
}

/** The result with an escape that is judged by what this process can see. */
function judged(started: SpawnResult, rung: Rung, reasons: string[]): SpawnResult {
  const { proof, detail } = judgeEscape(facts(process.pid), facts(started.pid));
  return { ...started, escape: { rung, proof, detail: [detail, ...reasons].join(' ') } };
}

export function facts(pid: number): ProcessFacts {
  const links = [readLink(`/proc/${pid}/exe`), readLink(`/proc/${pid}/cwd`)];
  const files = [
    ...links.filter((link) => link !== undefined),
    ...mappedFiles(pid),
    ...openFiles(pid).map((file) => file.target),
  ];
  return {
    pid,
    session: readStat(pid)?.session ?? 0,
    cgroup: cgroupOf(pid),
    job: 'none',
    paths: [...new Set(files.filter((file) => file.startsWith('/')))],
    mount: pid === process.pid ? (process.env.APPDIR ?? '') : '',
  };
}

/** The arguments of systemd-run. Values travel by environment, because others can read the arguments. */
export function systemdRunArguments(spec: SpawnSpec, unit: string): string[] {
  const stream = (target: SpawnSpec['stdout']): string =>
    typeof target === 'string' && target !== 'ignore' ? `append:${target}` : 'null';
  const names = [...Object.keys(spec.env), ...(spec.nonce === '' ? [] : [nonceVariable])];
  return [
    '--user',
    '--collect',
    '--quiet',
    `--unit=${unit}`,
    '--service-type=exec',
    `--working-directory=${spec.cwd}`,
    `--property=StandardOutput=${stream(spec.stdout)}`,
    `--property=StandardError=${stream(spec.stderr)}`,
    // The end of the unit must not end the gateways that its program has started.
    '--property=KillMode=process',
    '--property=UMask=0077',
    `--property=UnsetEnvironment=${forbiddenVariables.join(' ')}`,
    ...names.map((name) => `--setenv=${name}`),
    '--',
    spec.command,
    ...spec.args,
  ];
}

/** Undefined when the user's systemd can't start it; `reasons` then explains why. */
export async function systemdRun(
  spec: SpawnSpec,
  reasons: string[],
  waiter: ExitWaiter,
): Promise<SpawnResult | undefined> {
  const unit = `holdfast-${spec.kind}-${randomBytes(6).toString('hex')}.service`;
  const bus = ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'PATH'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const manager = { env: Object.fromEntries(bus), timeout: managerTimeout };
  const env = { ...Object.fromEntries(bus), ...spec.env, [nonceVariable]: spec.nonce };
  try {
    await run('systemd-run', systemdRunArguments(spec, unit), { ...manager, env });
    const shown = await run(
      'systemctl',
      ['--user', 'show', '-p', 'MainPID', '--value', unit],
      manager,
    );
    const pid = Number(shown.stdout.trim());
    const startedAt = pid > 0 ? startMarker(pid) : undefined;
    if (startedAt === undefined) throw new Error(`${unit} ended at once`);
    const result = watchForeign({ pid, startedAt, nonce: spec.nonce }, waiter);
    return judged(result, 'systemd-run', reasons);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n').at(-2) ?? error.message) : '';
    reasons.push(`The user's systemd could not start it (${why}).`);
    return undefined;
  }
}

/** Flatpak: the host portal starts it. Its pid belongs to the host and is not visible in here. */
function flatpakSpawn(spec: SpawnSpec, waiter: ExitWaiter): SpawnResult {
  const wrapped: SpawnSpec = {
    ...spec,
    command: 'flatpak-spawn',
    args: [
      '--host',
      '--clear-env',
      `--directory=${spec.cwd}`,
      '--env-fd=0',
      spec.command,
      ...spec.args,
    ],
    stdin: 'pipe',
  };
  const started = linuxSpawn(wrapped, waiter);
  const variables = { ...spec.env, [nonceVariable]: spec.nonce };
  const block = Object.entries(variables).map(([name, value]) => `${name}=${value}\0`);
  started.stdin?.end(block.join(''));
  const detail =
    'Started on the host through the Flatpak portal; its own greeting must confirm it.';
  return { ...started, escape: { rung: 'flatpak-spawn', proof: 'assumed', detail } };
}

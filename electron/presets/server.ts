/** What the presets of servers share that are one program on one port. */
import type { ProfileInput } from '../contract/profile.ts';
import type { Found, Machine } from './preset.ts';

export interface Server {
  readonly id: string;
  readonly name: string;
  readonly command: string;
  /** `{port}` stands for the port. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  /** Path that answers 2xx when the server accepts work. */
  readonly ready: string;
  /** Path that answers while the server is alive; absent: `ready`. */
  readonly alive?: string;
  /** How long it may not answer while it works. */
  readonly hungAfterMs?: number;
  readonly startTimeoutMs: number;
  readonly graceMs: number;
}

export function serverProfile(server: Server): ProfileInput {
  const { id, name, command, args, env, port, startTimeoutMs, graceMs } = server;
  return {
    schema: 1,
    id,
    name,
    program: { type: 'command', command, args: [...args] },
    ...(env === undefined ? {} : { env: { ...env } }),
    port,
    readiness: { type: 'http', path: server.ready },
    liveness: {
      type: 'http',
      path: server.alive ?? server.ready,
      ...(server.hungAfterMs === undefined ? {} : { hungAfterMs: server.hungAfterMs }),
    },
    startTimeoutMs,
    stop: { graceMs },
    update: { policy: 'keep' },
  };
}

/** The server, when its program is on this machine; `more` is another sentence to show. */
export function findServer(machine: Machine, server: Server, more = ''): Found[] {
  const command = machine.which(server.command);
  if (!command) return [];
  const where = [`Its command is ${command}.`, more].filter((text) => text !== '').join(' ');
  return [{ profile: serverProfile({ ...server, command }), where }];
}

/** The port in a variable; `otherwise` when it has none, or no valid one. */
export function portFrom(text: string | undefined, otherwise: number): number {
  const [, digits] = /(?:^|:)(\d{1,5})\/?$/.exec(text?.trim() ?? '') ?? [];
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : otherwise;
}

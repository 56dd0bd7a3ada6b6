/** What the command line can be asked for, once it is understood. */
import type { AgentRight } from '../contract/agents.ts';
import type { CommandName, Shell, waitTargets } from './commands.ts';

/** Names or ids as they were written; `all`: every gateway. */
export type Gateways = readonly string[] | 'all';

export type Command =
  | { readonly name: 'help'; readonly about: CommandName | null }
  | { readonly name: 'version' }
  | { readonly name: 'completion'; readonly shell: Shell }
  | WaitCommand
  | ListCommand
  | StatusCommand
  | { readonly name: 'analyze'; readonly gateway: string; readonly json: boolean }
  | { readonly name: 'top'; readonly json: boolean }
  | { readonly name: 'doctor'; readonly json: boolean; readonly repair: boolean }
  | EventsCommand
  | { readonly name: 'start' | 'stop'; readonly gateways: Gateways; readonly json: boolean }
  | RestartCommand
  | UpdateCommand
  | LogsCommand
  | DiagnosticsCommand
  | AddCommand
  | EditCommand
  | RemoveCommand
  | OpenCommand
  | UninstallCommand
  | { readonly name: 'mcp' };

export interface UninstallCommand {
  readonly name: 'uninstall';
  /** What becomes of them; null: it is asked. */
  readonly gateways: 'stop' | 'keep' | null;
  /** Settings, gateways, logs and data as well. */
  readonly data: boolean;
  /** Without a question. */
  readonly yes: boolean;
}

export interface OpenCommand {
  readonly name: 'open';
  /** Null: as the window was left. */
  readonly gateway: string | null;
}

export interface RestartCommand {
  readonly name: 'restart';
  readonly gateways: Gateways;
  readonly whenIdle: boolean;
  readonly json: boolean;
}

export interface RemoveCommand {
  readonly name: 'remove';
  readonly gateways: readonly string[];
  /** Without a question. */
  readonly yes: boolean;
  readonly json: boolean;
}

export interface ListCommand {
  readonly name: 'list';
  readonly json: boolean;
  /** Only ids. */
  readonly quiet: boolean;
}

export interface StatusCommand {
  readonly name: 'status';
  readonly gateways: Gateways;
  readonly json: boolean;
  readonly deep: boolean;
}

export interface EventsCommand {
  readonly name: 'events';
  readonly gateway: string;
  readonly sinceMs: number;
  readonly follow: boolean;
  readonly json: boolean;
}

export interface LogsCommand {
  readonly name: 'logs';
  readonly gateway: string;
  /** Null: as many as are usual. */
  readonly lines: number | null;
  /** How old they may be, in milliseconds. */
  readonly sinceMs: number | null;
  readonly times: boolean;
  readonly follow: boolean;
}

export interface WaitCommand {
  readonly name: 'wait';
  readonly gateways: Gateways;
  readonly target: (typeof waitTargets)[number];
  readonly timeoutMs: number;
}

/** What is to be done about versions. */
export interface UpdateCommand {
  readonly name: 'update';
  /** Null: every gateway whose profile says how it is updated; to keep and to undo: Holdfast itself. */
  readonly gateway: string | null;
  readonly act: 'install' | 'check' | 'keep' | 'undo' | 'back';
  /** Without a question. */
  readonly yes: boolean;
  readonly json: boolean;
}

export interface DiagnosticsCommand {
  readonly name: 'diagnostics';
  /** Null: a name of its own, where the command is run. */
  readonly file: string | null;
  /** Only what would be in it. */
  readonly list: boolean;
  readonly json: boolean;
}

/** What is set of a profile; null: it is left as it is; an empty text takes it away. */
export interface ProfileFields {
  readonly port: string | null;
  readonly health: string | null;
  readonly dir: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** The names of variables that are taken away. */
  readonly unset: readonly string[];
  readonly shell: boolean;
  /** What agents may do with it. */
  readonly agents: AgentRight | null;
  /** The program and its arguments; empty: as they are. */
  readonly program: readonly string[];
  readonly json: boolean;
}

export interface AddCommand extends ProfileFields {
  readonly name: 'add';
  /** Of the gateway. */
  readonly title: string;
}

export interface EditCommand extends ProfileFields {
  readonly name: 'edit';
  readonly gateway: string;
  readonly title: string | null;
  /** Nothing was set: the whole file is edited. */
  readonly whole: boolean;
}

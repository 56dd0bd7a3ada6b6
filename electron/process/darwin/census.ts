/** macOS: finds this user's processes by their nonce, or by the file that they write to. */
import { type Identity, nonceVariable } from '../../contract/identity.ts';
import type { ProcessScan } from '../platform-interface.ts';
import {
  type KernelProcess,
  libSystem,
  openFileOf,
  ownProcesses,
  readArguments,
} from './kernel.ts';

/** What the kernel tells of processes; the real one by default. */
export interface Census {
  processes(): readonly KernelProcess[];
  /** `NAME=value` each, as it was when the program began. */
  environmentOf(pid: number): readonly string[];
  sessionOf(pid: number): number;
  /** The files that go by output and errors. */
  outputsOf(pid: number): readonly string[];
}

const kernel: Census = {
  processes: ownProcesses,
  environmentOf: (pid) => readArguments(pid).env,
  sessionOf: (pid) => libSystem().getsid(pid),
  outputsOf: (pid) => [1, 2].map((fd) => openFileOf(pid, fd)),
};

/** Asks the kernel for each part when a question first needs it. */
export function scan(census: Census = kernel): ProcessScan {
  let nonces: readonly { readonly one: KernelProcess; readonly nonce: string }[] | undefined;
  let writers:
    | readonly { readonly one: KernelProcess; readonly files: readonly string[] }[]
    | undefined;
  const leads = ({ pid }: KernelProcess): boolean => census.sessionOf(pid) === pid;
  return {
    carrying(matches) {
      nonces ??= census
        .processes()
        .flatMap((one) => ({ one, nonce: nonceIn(census.environmentOf(one.pid)) }))
        .filter(({ nonce }) => nonce !== '');
      const found = nonces.filter(({ nonce }) => matches(nonce));
      const follows = ({ one }: (typeof found)[number]): number => (leads(one) ? 0 : 1);
      found.sort((a, b) => follows(a) - follows(b) || byAge(a.one, b.one));
      return found.map(({ one, nonce }) => identityOf(one, nonce));
    },
    leadersWritingTo(file) {
      writers ??= census
        .processes()
        .filter(leads)
        .map((one) => ({ one, files: census.outputsOf(one.pid) }));
      const found = writers.filter(({ files }) => files.includes(file)).map(({ one }) => one);
      return found.sort(byAge).map((one) => identityOf(one, ''));
    },
  };
}

function nonceIn(environment: readonly string[]): string {
  const start = `${nonceVariable}=`;
  return environment.find((line) => line.startsWith(start))?.slice(start.length) ?? '';
}

function identityOf({ pid, marker }: KernelProcess, nonce: string): Identity {
  return { pid, startedAt: marker, nonce };
}

/** Markers are seconds with six decimals. */
function byAge(a: KernelProcess, b: KernelProcess): number {
  return Number(a.marker) - Number(b.marker);
}

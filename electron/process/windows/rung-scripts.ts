/** The texts of the last two rungs: a PowerShell script for WMI and a one-shot task. Pure. */
import { nonceVariable } from '../../contract/identity.ts';
import type { SpawnSpec } from '../spawn-spec.ts';
import { quoteArgument } from './command-line.ts';

const psLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const xmlText = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

function environmentOf(spec: SpawnSpec): [string, string][] {
  const env = spec.nonce === '' ? spec.env : { ...spec.env, [nonceVariable]: spec.nonce };
  return Object.entries(env);
}

/** Win32_Process.Create; prints the pid. The process has no stdio: our programs write their logs themselves. */
export function wmiScript(spec: SpawnSpec): string {
  const line = [spec.command, ...spec.args].map(quoteArgument).join(' ');
  const env = environmentOf(spec).map(([name, value]) => psLiteral(`${name}=${value}`));
  return [
    `$startup = New-CimInstance -ClassName Win32_ProcessStartup -ClientOnly -Property @{ ShowWindow = [uint16]0; EnvironmentVariables = [string[]]@(${env.join(', ')}) }`,
    `$made = Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{ CommandLine = ${psLiteral(line)}; CurrentDirectory = ${psLiteral(spec.cwd)}; ProcessStartupInformation = $startup }`,
    'if ($made.ReturnValue -ne 0) { exit 1 }',
    '$made.ProcessId',
  ].join('\n');
}

/** Lines that start a program without a window as `$made`; `prepare` may change its `$info` before. */
export function startLines(
  { command, args, cwd }: Pick<SpawnSpec, 'command' | 'args' | 'cwd'>,
  env: readonly (readonly [name: string, value: string])[],
  prepare: readonly string[] = [],
): string[] {
  return [
    '$info = New-Object System.Diagnostics.ProcessStartInfo',
    `$info.FileName = ${psLiteral(command)}`,
    `$info.Arguments = ${psLiteral(args.map(quoteArgument).join(' '))}`,
    `$info.WorkingDirectory = ${psLiteral(cwd)}`,
    '$info.UseShellExecute = $false',
    '$info.CreateNoWindow = $true',
    ...prepare,
    ...env.map(
      ([name, value]) => `$info.EnvironmentVariables[${psLiteral(name)}] = ${psLiteral(value)}`,
    ),
    '$made = [System.Diagnostics.Process]::Start($info)',
  ];
}

/** What a task gives PowerShell to run `script` unseen. */
export function hiddenArguments(script: string): string {
  const encoded = Buffer.from(script, 'utf16le').toString('base64');
  return `-NoProfile -NonInteractive -WindowStyle Hidden -EncodedCommand ${encoded}`;
}

/** The script a one-shot task runs: starts the program with its environment and writes its pid. */
export function taskScript(spec: SpawnSpec, pidFile: string): string {
  return [
    ...startLines(spec, environmentOf(spec), ['$info.EnvironmentVariables.Clear()']),
    `Set-Content -Path ${psLiteral(pidFile)} -Value $made.Id`,
  ].join('\n');
}

/** A task for the user himself, without raised rights, that is run once and deleted. */
export function taskXml(spec: SpawnSpec, pidFile: string): string {
  const action = hiddenArguments(taskScript(spec, pidFile));
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '<Principals><Principal id="Author"><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal></Principals>',
    '<Settings><AllowStartOnDemand>true</AllowStartOnDemand><Enabled>true</Enabled><ExecutionTimeLimit>PT0S</ExecutionTimeLimit><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries><StopIfGoingOnBatteries>false</StopIfGoingOnBatteries></Settings>',
    `<Actions Context="Author"><Exec><Command>powershell.exe</Command><Arguments>${xmlText(action)}</Arguments></Exec></Actions>`,
    '</Task>',
  ].join('');
}

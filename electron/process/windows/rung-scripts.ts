/** The texts of the last two rungs: a PowerShell script for WMI and a one-shot task. Pure. */
import { nonceVariable } from '../../contract/identity.ts';
import type { SpawnSpec } from '../spawn-spec.ts';
import { quoteArgument } from './command-line.ts';

/** The scheduler's own is below normal, and what is started inherits it. */
export const normalPriority = '<Priority>5</Priority>';

export const psLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

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

/**
 * Lines that start a program without a window as `$made`, with these variables. Nothing but commands: a
 * machine under application control allows PowerShell no methods and no types (ConstrainedLanguage).
 */
export function startLines(
  { command, args, cwd }: Pick<SpawnSpec, 'command' | 'args' | 'cwd'>,
  env: readonly (readonly [name: string, value: string])[],
): string[] {
  const line = args.map(quoteArgument).join(' ');
  // Start-Process takes no empty argument.
  const given = line === '' ? '' : ` -ArgumentList ${psLiteral(line)}`;
  return [
    ...env.map(
      ([name, value]) =>
        `Set-Item -LiteralPath ${psLiteral(`Env:${name}`)} -Value ${psLiteral(value)}`,
    ),
    `$made = Start-Process -FilePath ${psLiteral(command)}${given} -WorkingDirectory ${psLiteral(cwd)} -WindowStyle Hidden -PassThru`,
    // Asked for now, or PowerShell forgets how it ended.
    '$null = $made.Handle',
  ];
}

/** What PowerShell is given to run `script` unseen. */
export function hiddenArguments(script: string): string {
  const encoded = Buffer.from(script, 'utf16le').toString('base64');
  return `-NoProfile -NonInteractive -WindowStyle Hidden -EncodedCommand ${encoded}`;
}

/** What PowerShell runs for a script in a file, which may be longer than a command line (32,767 characters). */
export function fromFile(scriptFile: string): string {
  return `Invoke-Expression (Get-Content -Raw -Encoding UTF8 -LiteralPath ${psLiteral(scriptFile)})`;
}

/** The script a one-shot task runs: starts the program with its environment and writes its pid. */
export function taskScript(spec: SpawnSpec, pidFile: string): string {
  const draft = psLiteral(`${pidFile}.new`);
  return [
    // Found by a variable that is about to go.
    'Import-Module Microsoft.PowerShell.Management',
    'Remove-Item -Path Env:*',
    ...startLines(spec, environmentOf(spec)),
    // Whoever sees the file sees all of it.
    `Set-Content -LiteralPath ${draft} -Value $made.Id`,
    `Move-Item -LiteralPath ${draft} -Destination ${psLiteral(pidFile)}`,
  ].join('\n');
}

/** A task for the user himself, without raised rights, that is run once and deleted. `scriptFile`: its script. */
export function taskXml(scriptFile: string): string {
  const action = hiddenArguments(fromFile(scriptFile));
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '<Principals><Principal id="Author"><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal></Principals>',
    `<Settings><AllowStartOnDemand>true</AllowStartOnDemand><Enabled>true</Enabled><ExecutionTimeLimit>PT0S</ExecutionTimeLimit><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries><StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>${normalPriority}</Settings>`,
    `<Actions Context="Author"><Exec><Command>powershell.exe</Command><Arguments>${xmlText(action)}</Arguments></Exec></Actions>`,
    '</Task>',
  ].join('');
}

/** The text of a logon task. Pure. */
import type { LoginProgram } from '../login-entry.ts';
import { hiddenArguments, normalPriority, startLines, xmlText } from './rung-scripts.ts';

/** In Holdfast's own folder of the Task Scheduler, so that a user finds it. */
export function taskName(id: string): string {
  return `\\Holdfast\\Watcher-${id}`;
}

/** Before a watcher that failed is started again. */
const restartSeconds = 5;

/**
 * Starts the program without a window, again after it failed, and ends with 0 when that would be in vain.
 * The scheduler's own RestartOnFailure is for tasks that can't be started.
 */
function script(program: LoginProgram): string {
  // The search path stays the user's, which may change until the next logon.
  const env = Object.entries(program.env).filter(([name]) => name !== 'PATH');
  return [
    'while ($true) {',
    ...startLines(program, env),
    'Wait-Process -InputObject $made',
    `if (@(${[0, ...program.finalCodes].join(', ')}) -contains $made.ExitCode) { exit 0 }`,
    `Start-Sleep -Seconds ${restartSeconds}`,
    '}',
  ].join('\n');
}

/**
 * Task Scheduler schema 1.2: at the logon of this user alone, without raised rights, with the priority of
 * programs that a user starts. `user`: the SID, since a name may be one of several accounts.
 */
export function taskText(program: LoginProgram, user: string): string {
  const action = hiddenArguments(script(program));
  const who = `<UserId>${xmlText(user)}</UserId>`;
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '<RegistrationInfo><Description>Keeps your Holdfast gateways running from logon on. Made and removed by the switch in the settings of Holdfast.</Description></RegistrationInfo>',
    `<Triggers><LogonTrigger><Enabled>true</Enabled>${who}</LogonTrigger></Triggers>`,
    `<Principals><Principal id="Author">${who}<LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal></Principals>`,
    `<Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries><StopIfGoingOnBatteries>false</StopIfGoingOnBatteries><AllowStartOnDemand>true</AllowStartOnDemand><Enabled>true</Enabled><ExecutionTimeLimit>PT0S</ExecutionTimeLimit><RestartOnFailure><Interval>PT1M</Interval><Count>255</Count></RestartOnFailure>${normalPriority}</Settings>`,
    `<Actions Context="Author"><Exec><Command>powershell.exe</Command><Arguments>${action}</Arguments></Exec></Actions>`,
    '</Task>',
  ].join('\r\n');
}

/** The text of a launchd agent. Pure. */
import type { LoginProgram } from '../login-entry.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const string = (text: string): string => `<string>${escaped(text)}</string>`;

export function agentLabel(id: string): string {
  return `holdfast.watcher.${id}`;
}

/**
 * Whether a process with the environment `env` belongs to the agent `id`: launchd names a job to what it starts, and what
 * that starts inherits the name. What an app starts has the app's.
 */
export function isOfAgent(id: string, env: Readonly<Record<string, string | undefined>>): boolean {
  return env.XPC_SERVICE_NAME === agentLabel(id);
}

/**
 * launchd.plist(5). It has no list of final exit codes: a program that ends with anything but 0 is started
 * again every 10 s, so this one is told to end with 0 instead.
 */
export function agentText({ id, command, args, finalAsSuccess, cwd, env }: LoginProgram): string {
  const variables = Object.entries(env).map(
    ([name, value]) => `    <key>${escaped(name)}</key>${string(value)}`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    `  <key>Label</key>${string(agentLabel(id))}`,
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...[command, ...args, finalAsSuccess].map((word) => `    ${string(word)}`),
    '  </array>',
    `  <key>WorkingDirectory</key>${string(cwd)}`,
    '  <key>EnvironmentVariables</key>',
    '  <dict>',
    ...variables,
    '  </dict>',
    '  <key>RunAtLoad</key><true/>',
    '  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>',
    // The gateways that it has started outlive it, and the next watcher adopts them.
    '  <key>AbandonProcessGroup</key><true/>',
    '  <key>Umask</key><integer>63</integer>',
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

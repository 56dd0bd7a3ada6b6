/** The first view, adding a gateway, and its form. */

export const welcome = {
  view: 'Welcome',
  title: 'Welcome to Holdfast',
  lead: 'Holdfast keeps gateways running: servers such as Hermes, OpenClaw or Ollama, which it starts, restarts when they crash, and brings through updates.',
  looking: 'Looking for gateways on this machine…',
  noneTitle: 'Nothing found on this machine',
  noneFound: (names: string): string =>
    `Holdfast looked for ${names}. Any other server can be added with its command, or with its address on another machine.`,
  notAsked: 'What is on this machine could not be found out',
  lookAgain: 'Look again',
  continueNow: 'Show my gateways',
  addAnother: 'Add another gateway',
  addOwn: 'Add a gateway',
  undo: 'Nothing here is for good: each gateway has “Remove” in its settings, and the switch can be set back.',
  comfort: 'Whenever you like',
  terminal: 'From a terminal',
  terminalHint: 'The command “holdfast” shows and does the same. This puts it on your PATH, once:',
  terminalHintWindows:
    'The command “holdfast” shows and does the same. Add this folder to your PATH, once:',
  onPath: 'Put “holdfast” on my PATH',
  onPathHint:
    'This command shows and does the same. Terminals that are opened after that find it there.',
  demoHint: 'Only want to look around?',
};

export const adding = {
  title: 'Add a gateway',
  found: 'Found on this machine',
  notKnown: 'What can be added is not known',
  looking: 'Looking around…',
  command: 'Any command',
  commandHint: 'A server that you start with a command. Holdfast keeps it running.',
  more: 'More',
  moreHint:
    'Each gateway is one file in the profiles folder. What you put there appears here at once.',
  demo: 'Add the demo gateway (comes with Holdfast)',
  nothingTyped: (field: string): string => `${field}: nothing is typed yet.`,
};

/** What is said of gateways that were found on this machine. */
export const offered = {
  add: 'Look after it',
  notRunning: 'Not running',
  runsUnder: (owner: string): string => `Running now, under ${owner}`,
  runsIn: (terminal: string): string => `Running now, in ${terminal}`,
  startedBy: (program: string): string => `Running now, started by ${program}`,
  added: (name: string): string => `Holdfast looks after ${name} now.`,
  /** What looking after it does to it. */
  startsIfNeeded: 'Holdfast starts it if it does not run, and keeps it running.',
  starts: 'Holdfast starts it and keeps it running.',
  watches: (owner: string): string =>
    `It stays where it is, and nothing is restarted: ${owner} runs it, Holdfast watches.`,
  startsAfterwards:
    'It stays where it is, and nothing is restarted. When it ends, Holdfast starts it again.',
};

export const form = {
  unchanged: 'Nothing has been changed yet.',
  addAnyway: 'Add it anyway',
  saveAnyway: 'Save it anyway',
  name: 'Name',
  namePlaceholder: 'My gateway',
  nameHint: 'As you like, in any script.',
  address: 'Address',
  line: 'Program and arguments',
  lineHint: 'As you would type it in a terminal.',
  shell: 'Run it by a shell (/bin/sh)',
  shellHint: 'Then |, >, $NAME and the like work as in a terminal.',
  folder: 'Folder',
  folderPlaceholder: 'Your home folder',
  port: 'Port',
  portHint: 'It counts as ready when this port takes connections.',
  health: 'Health address',
  healthHint: 'Asked at its port. When it no longer answers there, it is restarted.',
  policy: 'When Holdfast updates',
  optional: '(optional)',
  choose: 'Choose…',
  /** For those who hear the button without its field. */
  chooseProgram: 'Choose the program…',
  chooseFolder: 'Choose the folder…',
};

/** The environment variables of a gateway. */
export const variables = {
  title: 'Environment variables',
  add: 'Add a variable',
  show: 'Show values',
  hide: 'Hide values',
  stored: 'Values that are stored already stay in the profile file and are not shown here.',
  numbered: (number: number): string => `variable ${number}`,
  nameOf: (number: number): string => `Name of variable ${number}`,
  namePlaceholder: 'NAME',
  valueOf: (name: string): string => `Value of ${name}`,
  valuePlaceholder: 'Value',
  storedPlaceholder: 'Stored; type to replace it',
  remove: (name: string): string => `Remove ${name}`,
};

export const trial = {
  title: 'The test',
  start: 'Test',
  running: 'Testing for 10 s…',
  printedNothing: 'It printed nothing.',
};

/** What is wrong with what is typed. */
export const findings = {
  noName: 'Give it a name.',
  longName: (most: number): string => `A name has at most ${most} characters.`,
  sameName: 'Another gateway has this name too.',
  noProgram: 'Type the program that starts it.',
  openQuote: (quote: string): string => `The quote ${quote} is never closed.`,
  needsShell: (sign: string): string =>
    `“${sign}” needs a shell. Without one the program gets it as it stands.`,
  folder: 'Give the whole path of the folder, such as ~/gateway.',
  noAddress: 'Type its address.',
  address: 'An address begins with http:// or https://.',
  noPort: 'The demo gateway needs a port.',
  port: (typed: string): string => `“${typed}” is no port: a port is a number from 1 to 65535.`,
  health: 'A health address begins with / and has no spaces, such as /healthz.',
  healthNeedsPort: 'A health address needs a port. Type the port first.',
  nameless: 'A value has no variable. Name it, or remove the row.',
  oddVariable: (name: string): string =>
    `“${name}” can’t be a variable’s name: only letters from a to z, digits and _, and no digit first.`,
  twice: (name: string): string => `${name} is there twice.`,
};

/** The words of the first view. */
export const welcomeWords = {
  view: 'Welcome',
  title: 'Welcome to Holdfast',
  lead: 'Holdfast keeps gateways running: servers such as Hermes, OpenClaw or Ollama, which it starts, restarts when they crash, and brings through updates.',
  found: 'Found on this machine',
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
  copy: 'Copy',
  copied: 'Copied.',
  noClipboard: 'The clipboard is not available.',
  demoHint: 'Only want to look around?',
} as const;

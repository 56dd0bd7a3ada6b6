/**
 * Completion for shells, from the table of commands. Gateways are asked for at the time, by
 * `holdfast list --quiet`, which starts nothing. Pure.
 */
import {
  type CommandSpec,
  commands,
  globalOptions,
  type OptionSpec,
  type Shell,
} from './commands.ts';

export function completion(shell: Shell): string {
  return { bash, zsh, fish, powershell }[shell]();
}

const everyCommand = commands.map(({ name }) => name).join(' ');

function dashed({ name, short }: OptionSpec): string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

/** What may follow a command besides options: gateways, files, or one of some words. */
function wordsAfter({ gateways, word }: CommandSpec): 'gateways' | 'files' | readonly string[] {
  if (gateways !== 'none') return 'gateways';
  if (!word) return [];
  if (word.choices === 'file') return 'files';
  if (word.choices === 'text') return [];
  return word.choices === 'command' ? commands.map(({ name }) => name) : word.choices;
}

/** Every option with a value, once: by name it means the same with every command. */
function valued(): readonly OptionSpec[] {
  const all = [...globalOptions, ...commands.flatMap(({ options }) => options)];
  return all.filter(
    (one, index) =>
      one.value !== undefined && all.findIndex(({ name }) => name === one.name) === index,
  );
}

function bash(): string {
  const cases = commands.map((spec) => {
    const after = wordsAfter(spec);
    const options = [...spec.options, ...globalOptions].flatMap(dashed).join(' ');
    const words = { gateways: '$(_holdfast_gateways)', files: '$(compgen -f -- "$word")' };
    const offered = typeof after === 'string' ? words[after] : after.join(' ');
    return `    ${spec.name}) options="${options}"; words="${offered}" ;;`;
  });
  const values = valued().map((one) => {
    const words = one.choices
      ? `COMPREPLY=($(compgen -W "${one.choices.join(' ')}" -- "$word"))`
      : one.value === 'folder'
        ? 'COMPREPLY=($(compgen -d -- "$word"))'
        : 'COMPREPLY=()';
    return `    ${dashed(one).join('|')}) ${words}; return ;;`;
  });
  return `# holdfast completion bash
# Once: eval "$(holdfast completion bash)"; for good: write it to ~/.local/share/bash-completion/completions/holdfast
_holdfast_gateways() { "\${holdfast_program:-holdfast}" list --quiet 2>/dev/null; }
_holdfast() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" holdfast_program="\${COMP_WORDS[0]}"
  local command="" options words one
  for one in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " ${everyCommand} " in *" $one "*) command="$one"; break ;; esac
  done
  case "$before" in
${values.join('\n')}
  esac
  case "$command" in
${cases.join('\n')}
    *) options="${globalOptions.flatMap(dashed).join(' ')}"; words="${everyCommand}" ;;
  esac
  if [[ "$word" == -* ]]; then words="$options"; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _holdfast holdfast
`;
}

/** In single quotes of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** As zsh's _arguments takes it. */
function zshOption({ name, short, value, choices, says }: OptionSpec): string {
  const about = says.replace(/[[\]:]/g, '\\$&');
  const action = choices ? `(${choices.join(' ')})` : value === 'folder' ? '_files -/' : ' ';
  const takes = value === undefined ? '' : `:${value}:${action}`;
  return short === undefined
    ? quoted(`--${name}[${about}]${takes}`)
    : `'(-${short} --${name})'{-${short},--${name}}${quoted(`[${about}]${takes}`)}`;
}

function zsh(): string {
  const described = commands.map(({ name, says }) => quoted(`${name}:${says}`)).join('\n    ');
  const cases = commands.map((spec) => {
    const after = wordsAfter(spec);
    const many = spec.gateways === 'any' || spec.gateways === 'some';
    const what =
      after === 'gateways'
        ? [quoted(`${many ? '*' : '1'}:gateway:_holdfast_gateways`)]
        : after === 'files'
          ? [quoted(`1:${spec.word?.name}:_files`)]
          : after.length > 0
            ? [quoted(`1:${spec.word?.name}:(${after.join(' ')})`)]
            : [];
    const all = [...[...spec.options, ...globalOptions].map(zshOption), ...what];
    return `    ${spec.name}) _arguments ${all.join(' ')} ;;`;
  });
  return `#compdef holdfast
# holdfast completion zsh
# Write it to a folder of $fpath as _holdfast, or: source <(holdfast completion zsh)
_holdfast_gateways() {
  local -a gateways
  gateways=(\${(f)"$("\${holdfast_program:-holdfast}" list --quiet 2>/dev/null)"})
  compadd -a gateways
}
_holdfast() {
  local curcontext="$curcontext" state line holdfast_program="\${words[1]}"
  local -a commands
  commands=(
    ${described}
  )
  _arguments -C ${globalOptions.map(zshOption).join(' ')} '1:command:->command' '*::argument:->argument'
  case "$state" in
    command) _describe command commands ;;
    argument) case "\${words[1]}" in
${cases.join('\n')}
    esac ;;
  esac
}
if [ "\${funcstack[1]}" = _holdfast ]; then _holdfast "$@"; else compdef _holdfast holdfast; fi
`;
}

function fishOption({ name, short, value, choices, says }: OptionSpec): string {
  const words = [`-l ${name}`, ...(short === undefined ? [] : [`-s ${short}`])];
  const takes = choices
    ? [`-x -a ${quoted(choices.join(' '))}`]
    : value === 'folder'
      ? [`-x -a '(__fish_complete_directories)'`]
      : value === undefined
        ? []
        : ['-x'];
  return [...words, ...takes, `-d ${quoted(says)}`].join(' ');
}

function fish(): string {
  const lines = commands.flatMap((spec) => {
    const here = `complete -c holdfast -n '__fish_seen_subcommand_from ${spec.name}'`;
    const after = wordsAfter(spec);
    const dynamic = {
      gateways: '(holdfast list --quiet 2>/dev/null)',
      files: '(__fish_complete_path)',
    };
    const words = typeof after === 'string' ? dynamic[after] : after.join(' ');
    return [
      `complete -c holdfast -n "not __fish_seen_subcommand_from $holdfast_commands" -a ${spec.name} -d ${quoted(spec.says)}`,
      ...(words === '' ? [] : [`${here} -a ${quoted(words)}`]),
      ...spec.options.map((one) => `${here} ${fishOption(one)}`),
    ];
  });
  return `# holdfast completion fish
# Write it to ~/.config/fish/completions/holdfast.fish, or: holdfast completion fish | source
set -l holdfast_commands ${everyCommand}
complete -c holdfast -f
${globalOptions.map((one) => `complete -c holdfast ${fishOption(one)}`).join('\n')}
${lines.join('\n')}
`;
}

/** In single quotes of PowerShell; a list of them. */
function powershellList(words: readonly string[]): string {
  return `@(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')})`;
}

function powershell(): string {
  const rows = commands.map((spec) => {
    const after = wordsAfter(spec);
    const options = [...spec.options, ...globalOptions].flatMap(dashed);
    const words =
      after === 'gateways'
        ? '@(& $program list --quiet 2>$null)'
        : powershellList(typeof after === 'string' ? [] : after);
    return `    '${spec.name}' { $options = ${powershellList(options)}; $words = ${words} }`;
  });
  const values = valued().flatMap((one) =>
    dashed(one).map((name) => `    '${name}' { $values = ${powershellList(one.choices ?? [])} }`),
  );
  return `# holdfast completion powershell
# Once: holdfast completion powershell | Out-String | Invoke-Expression; for good: add that line to $PROFILE
Register-ArgumentCompleter -Native -CommandName holdfast -ScriptBlock {
  param($word, $line, $cursor)
  $program = $line.CommandElements[0].ToString()
  $before = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -ne '' -and $before.Count -gt 0) { $before = @($before | Select-Object -SkipLast 1) }
  $command = $before | Where-Object { $_ -in ${powershellList(commands.map(({ name }) => name))} } | Select-Object -First 1
  $options = ${powershellList(globalOptions.flatMap(dashed))}
  $words = ${powershellList(commands.map(({ name }) => name))}
  $values = $null
  switch ($command) {
${rows.join('\n')}
  }
  switch ($before | Select-Object -Last 1) {
${values.join('\n')}
  }
  $all = if ($null -ne $values) { $values } elseif ($word -like '-*') { $options } else { $words }
  $all | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

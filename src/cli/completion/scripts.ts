/**
 * The completion scripts. Each asks `pictl __complete -- WORDS…`, where the last word is the one being typed, and gets
 * a line for each candidate, its description after a tab; or the line `:files`.
 */
export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

/** How to switch it on for good, as a comment at the top of each script. */
export const scripts: Readonly<Record<Shell, string>> = {
  bash: `# pictl completion for bash. For every new shell: pictl completion bash > /etc/bash_completion.d/pictl
# (or, for yourself: echo 'eval "$(pictl completion bash)"' >> ~/.bashrc)
_pictl() {
  local line=\${COMP_LINE:0:COMP_POINT} words word candidate
  # Without -r, so that "Disk\\ Space" is one word.
  read -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word=\${words[-1]}
  # Readline replaces only what stands behind the last = or :, and what begins with the last @.
  local kept=
  [[ $word == *[=:@]* ]] && kept=\${word%"\${word##*[=:@]}"}
  kept=\${kept%@}
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    if [[ $candidate == :files ]]; then
      compopt -o default
      return
    fi
    [[ $candidate == "$word"* ]] || continue
    printf -v candidate %q "\${candidate#"$kept"}"
    COMPREPLY+=("$candidate")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${words[@]:1}" 2> /dev/null)
}
complete -F _pictl pictl
`,
  zsh: `#compdef pictl
# pictl completion for zsh. For every new shell: pictl completion zsh > "\${fpath[1]}/_pictl"
# (or, for yourself: echo 'eval "$(pictl completion zsh)"' >> ~/.zshrc, after compinit)
_pictl() {
  local -a candidates
  local line value description
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      _files
      return
    fi
    value=\${line%%$'\\t'*}
    description=\${line#*$'\\t'}
    candidates+=("\${value//:/\\\\:}:$description")
  done < <("\${words[1]}" __complete -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)
  _describe -V pictl candidates
}
if [[ \${funcstack[1]} == _pictl ]]; then _pictl; else compdef _pictl pictl; fi
`,
  fish: `# pictl completion for fish. For every new shell: pictl completion fish > ~/.config/fish/completions/pictl.fish
function __pictl_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l word (commandline --current-token --cut-at-cursor)
    set -l lines ($words[1] __complete -- $words[2..-1] "$word" 2> /dev/null)
    if test "$lines[1]" = :files
        __fish_complete_path "$word"
    else
        printf '%s\\n' $lines
    end
end
complete --command pictl --no-files --arguments '(__pictl_complete)'
`,
};

use std::io::{self, Write};

use clap_complete::Shell;

use super::exit::{CommandError, Exit};

/// Print completions for a shell
///
/// In bash: `source <(hallway completions bash)`; in zsh the same, or into a file `_hallway` in a folder of
/// `$fpath`; in fish: `hallway completions fish | source`. Bash, zsh and fish complete tags, feeds and views
/// from the archive and the config, too.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(value_enum)]
    shell: Shell,
}

/// Behind what is known of the command line asks for values first. Bash takes words apart at colons and
/// equals signs, so what stands before them in the word is cut off the answers.
const BASH: &str = r#"
_hallway_with_values() {
    local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" value
    case "$word" in :|=) word="" ;; esac
    local typed="${line##*[[:space:]]}"
    local -a values=()
    while IFS= read -r value; do
        values+=("$value")
    done < <("$1" complete-values -- "$line" 2>/dev/null)
    if [[ ${#values[@]} -eq 0 ]]; then
        _hallway "$@"
        return
    fi
    COMPREPLY=()
    local before="${typed%"$word"}"
    for value in "${values[@]}"; do
        value="${value#"$before"}"
        COMPREPLY+=("$(printf '%q' "$value")")
    done
}

complete -F _hallway_with_values -o bashdefault -o default hallway
"#;

const ZSH: &str = r#"
_hallway_with_values() {
    local -a values
    values=("${(@f)$("${words[1]}" complete-values -- "${LBUFFER}" 2>/dev/null)}")
    values=("${(@)values:#}")
    if (( ${#values} )); then
        compadd -- "${values[@]}"
    else
        _hallway_words "$@"
    fi
}

if [ "$funcstack[1]" = "_hallway" ]; then
    _hallway_with_values "$@"
else
    compdef _hallway_with_values hallway
fi
"#;

const FISH: &str = r#"
complete -c hallway -f -n 'test (count (hallway complete-values -- (commandline -cp) 2>/dev/null)) -gt 0' -a '(hallway complete-values -- (commandline -cp) 2>/dev/null)'
"#;

pub(crate) fn run(args: &Args, mut command: clap::Command) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "hallway", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    match args.shell {
        Shell::Bash => script.push_str(BASH),
        Shell::Fish => script.push_str(FISH),
        Shell::Zsh => script = with_values_in_zsh(&script),
        _ => {}
    }
    io::stdout()
        .write_all(script.as_bytes())
        .map_err(|error| CommandError::of_output(&error, "the completions"))?;
    Ok(Exit::Well)
}

/// A file that zsh loads as the function `_hallway` must not define one of that name.
fn with_values_in_zsh(script: &str) -> String {
    let end = "if [ \"$funcstack[1]\" = \"_hallway\" ]; then";
    let script = script.rsplit_once(end).map_or(script, |(words, _)| words);
    let script = script.replacen("\n_hallway() {", "\n_hallway_words() {", 1);
    format!("{}\n{ZSH}", script.trim_end())
}

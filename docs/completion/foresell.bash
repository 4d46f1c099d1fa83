# bash completion for foresell; made by foresell docs
_foresell() {
    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words=
    if [ "$COMP_CWORD" = 1 ]; then
        words='init run apply operators plan export forget doctor simulate version help'
    elif [ "$COMP_CWORD" = 2 ] && [[ $verb == apply || $verb == operators ]] && [[ $word != -* ]]; then
        words=$(foresell operators 2>/dev/null | awk '/^[a-z]/ && $1 != "foresell" {print $1}')
    elif [[ $word == -* ]]; then
        case $verb in
        init) words='--from --set --force --memory --threads --progress --help --json' ;;
        run) words='--engine --master --scratch --driver-rows --maker --only --resume --memory --threads --progress --help --json' ;;
        apply) words='--group --order --table --output --seed --memory --threads --progress --help --json'
            words+=" $(foresell apply "${COMP_WORDS[2]}" x --help 2>/dev/null | awk '$1 ~ /^--/ {print $1}')" ;;
        operators) words='--markdown --help --json' ;;
        plan) words='--sql --help --json' ;;
        export) words='--to --table --partition --run --replace --memory --threads --progress --help --json' ;;
        forget) words='--customer --memory --threads --progress --help --json' ;;
        doctor) words='--help --json' ;;
        simulate) words='--items --stores --customers --days --lines --shifts --start --currency --country --dirt --panel --parquet --seed --memory --threads --progress --help --json' ;;
        version) words='--help --json' ;;
        help) words='--help --json' ;;
        esac
    fi
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    else
        compopt -o default
        COMPREPLY=()
    fi
}
complete -F _foresell foresell

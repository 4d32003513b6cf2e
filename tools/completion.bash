# Completes the command lines of karto in bash. The table is made from that of the commands while Kartoteka is built.
# shellcheck shell=bash

# What can stand at the place of the cursor: words of the table, of which those are offered that begin as $cur does.
_karto_offer()
{
    local word
    for word; do
        case $word in
        @file) while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur") && compopt -o filenames 2>/dev/null ;;
        @dir) while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "$cur") && compopt -o filenames 2>/dev/null ;;
        "$cur"*) COMPREPLY+=("$word") ;;
        esac
    done
    case ${COMPREPLY[0]-} in
    *[=@.]) compopt -o nospace 2>/dev/null ;;
    esac
}

# Options, without the sign that tells of a value.
_karto_offer_options()
{
    local word
    for word in $(_karto_table options) $(_karto_table "options $name"); do
        _karto_offer "${word%=}"
    done
}

# bash takes "--lang=uk" and "name=Mak" to pieces at the sign: $words is the line up to the cursor with these whole again.
_karto_words()
{
    local i word
    words=()
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((${#words[@]})) && [[ $word == = || (${words[-1]} == *= && -n $word) ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
}

_karto()
{
    local words word options known cur name='' noun='' verb='' asked='' count=0
    COMPREPLY=()
    _karto_words
    cur=${words[-1]}
    unset 'words[-1]'
    options=" $(_karto_table options) "
    for word in "${words[@]}"; do
        if [[ -n $asked ]]; then
            asked=''
        elif [[ $word == -*=* ]]; then
            continue
        elif [[ $word == -?* ]]; then
            [[ "$options" == *" $word= "* ]] && asked=${word##*-}
            [[ -n $asked && $word == --* ]] && asked=${word#--}
        elif [[ -z $noun ]]; then
            noun=$word name=$word
            known=$(_karto_table "verbs $noun")
            options+="$(_karto_table "options $name") "
        elif [[ -n $known && -z $verb ]]; then
            verb=$word name="$noun $word"
            options+="$(_karto_table "options $name") "
        else
            count=$((count + 1))
        fi
    done
    if [[ -n $asked ]]; then
        # shellcheck disable=SC2046 # words
        _karto_offer $(_karto_table "value $asked")
    elif [[ $cur == --*=* ]]; then
        word=${cur%%=*} cur=${cur#*=}
        # shellcheck disable=SC2046
        _karto_offer $(_karto_table "value ${word#--}")
    elif [[ $cur == -* ]]; then
        _karto_offer_options
    elif [[ -z $noun ]]; then
        # shellcheck disable=SC2046
        _karto_offer $(_karto_table nouns)
    elif [[ -n $known && -z $verb ]]; then
        # shellcheck disable=SC2086
        _karto_offer $known
    elif [[ $cur == *=* ]]; then
        word=${cur%%=*} cur=${cur#*=}
        # shellcheck disable=SC2046
        _karto_offer $(_karto_table "choices $noun $word")
    else
        known=$(_karto_table "words $name")
        # shellcheck disable=SC2086
        ((count >= ${known%% *})) 2>/dev/null && [[ -n $known ]] && _karto_offer ${known#* }
    fi
    return 0
}

complete -F _karto karto

#compdef karto
# Completes the command lines of karto in zsh. The table is made from that of the commands while Kartoteka is built.

# Words of the table that can stand at the place of the cursor.
_karto_offer()
{
    local word
    local -a plain open
    for word; do
        case $word in
        @file) _files ;;
        @dir) _files -/ ;;
        *[=@.]) open+=("$word") ;;
        *) plain+=("$word") ;;
        esac
    done
    ((${#plain})) && compadd -- "${plain[@]}"
    ((${#open})) && compadd -S '' -- "${open[@]}"
    return 0
}

_karto()
{
    local word known options name='' noun='' verb='' asked='' cur=${words[CURRENT]}
    local -i count=0
    options=" $(_karto_table options) "
    for word in "${words[@]:1:$((CURRENT - 2))}"; do
        if [[ -n $asked ]]; then
            asked=''
        elif [[ $word == -*=* ]]; then
            continue
        elif [[ $word == -?* ]]; then
            [[ $options == *" $word= "* ]] && asked=${${word#-}#-}
        elif [[ -z $noun ]]; then
            noun=$word name=$word
            known=$(_karto_table "verbs $noun")
            options+="$(_karto_table "options $name") "
        elif [[ -n $known && -z $verb ]]; then
            verb=$word name="$noun $word"
            options+="$(_karto_table "options $name") "
        else
            count+=1
        fi
    done
    if [[ -n $asked ]]; then
        _karto_offer ${=$(_karto_table "value $asked")}
    elif [[ $cur == --*=* ]]; then
        compset -P '*='
        _karto_offer ${=$(_karto_table "value ${${cur%%=*}#--}")}
    elif [[ $cur == -* ]]; then
        _karto_offer ${${=options}%=}
    elif [[ -z $noun ]]; then
        _karto_offer ${=$(_karto_table nouns)}
    elif [[ -n $known && -z $verb ]]; then
        _karto_offer ${=known}
    elif [[ $cur == *=* ]]; then
        compset -P '*='
        _karto_offer ${=$(_karto_table "choices $noun ${cur%%=*}")}
    else
        known=$(_karto_table "words $name")
        [[ -n $known ]] && ((count >= ${known%% *})) && _karto_offer ${=known#* }
    fi
    return 0
}

_karto "$@"

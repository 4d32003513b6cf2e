# Completes the command lines of karto in fish. The table is made from that of the commands while Kartoteka is built.

# Words of the table that can stand at the place of the cursor, behind what of the word is fixed already.
function __karto_offer -a fixed
    for word in $argv[2..]
        switch $word
            case @file
                __fish_complete_path (string replace -- "$fixed" '' (commandline -ct))
            case @dir
                __fish_complete_directories (string replace -- "$fixed" '' (commandline -ct)) ''
            case '*'
                echo -- $fixed$word
        end
    end
end

function __karto_words
    __karto_table $argv[1] | string split ' '
end

function __karto_complete
    set -l cur (commandline -ct)
    set -l options (__karto_words options)
    set -l name
    set -l noun
    set -l verb
    set -l known
    set -l asked
    set -l count 0
    for word in (commandline -opc)[2..]
        if set -q asked[1]
            set asked
        else if string match -q -- '-*=*' $word
            continue
        else if string match -q -- '-?*' $word
            contains -- "$word=" $options; and set asked (string replace -r -- '^--?' '' $word)
        else if not set -q noun[1]
            set noun $word
            set name $word
            set known (__karto_words "verbs $noun")
            set -a options (__karto_words "options $name")
        else if set -q known[1]; and not set -q verb[1]
            set verb $word
            set name "$noun $word"
            set -a options (__karto_words "options $name")
        else
            set count (math $count + 1)
        end
    end
    if set -q asked[1]
        __karto_offer '' (__karto_words "value $asked")
    else if string match -q -- '--*=*' $cur
        set -l option (string split -m 1 = -- $cur)[1]
        __karto_offer "$option=" (__karto_words "value "(string replace -- -- '' $option))
    else if string match -q -- '-*' $cur
        __karto_offer '' (string replace -r -- '=$' '' $options)
    else if not set -q noun[1]
        __karto_offer '' (__karto_words nouns)
    else if set -q known[1]; and not set -q verb[1]
        __karto_offer '' $known
    else if string match -q -- '*=*' $cur
        set -l field (string split -m 1 = -- $cur)[1]
        __karto_offer "$field=" (__karto_words "choices $noun $field")
    else
        set -l behind (__karto_words "words $name")
        set -q behind[1]; and test $count -ge $behind[1]; and __karto_offer '' $behind[2..]
    end
end

complete -c karto -f -a '(__karto_complete)'

# What the tests of tired people share: a session is a line as they type it, with what is wrong in braces, and what the
# answer must name instead. KARTO names the program.
#
#     tired CODE ID WHAT 'LINE'     ends with CODE and the id, in either language, and changes nothing
#     warned ID WHAT 'LINE'         is done all the same (the line has -n), with a warning
#     understood TEXT 'LINE'        is simply understood; TEXT stands in the answer
#
# WHAT is "karto ...", a pattern of a command that the answer shows; or words that stand in the answer and that are typed
# in place of the braces. Either way it is typed then, and must end with 0. УК|EN where languages differ.
: "${KARTO:?the program to test}"
client=  # for the place of a CLIENT
file=    # for that of a FILE
sessions=0

# Goes through the commands that the answer shows, in each sentence from "karto " or "ls" on, to the first that fits the
# pattern: it is then in $command, with what the reader knows in the places that are left to him.
find_command() {
    local pattern=$1 text=${answer//. /$'\n'} each first=
    [[ $answer =~ $'\n    '([0-9a-f]{8,32})'  '|\(([0-9a-f]{8})\) ]] && first=${BASH_REMATCH[1]}${BASH_REMATCH[2]}
    while IFS= read -r each; do
        [[ $each =~ (^| )((karto|ls)( .*)?)$ ]] || continue
        command=${BASH_REMATCH[2]% \[E-*}
        [[ $each == *' karto '* ]] && command="karto ${each##* karto }" && command=${command% \[E-*}
        command=${command%[.,;]}
        # shellcheck disable=SC2053 # a pattern
        [[ $command == $pattern ]] || continue
        command=${command//НОМЕР/$first}
        command=${command/% ID/ $first}
        command=${command// ID / $first }
        command=${command//КЛІЄНТ/$client}
        command=${command//CLIENT/$client}
        command=${command//ФАЙЛ/$file}
        command=${command//FILE/$file}
        return 0
    done <<<"$text"
    return 1
}

# Types a line as at a prompt; nothing of it is kept.
try_line() {
    code=0
    eval "$1 -n" >/dev/null || code=$?
    [ "$code" -eq 0 ] || fail "$session [$KARTO_LANG] advised: $1"
}

# The answer to the last line names this, and it works: works WHAT LINE
works() {
    local what=$1 line=$2 command
    case $what in
    'karto '* | ls)
        if find_command "$what"; then
            try_line "$command"
        else
            fail "$session [$KARTO_LANG]: no '$what' in the answer"
        fi
        ;;
    *)
        [[ $answer == *"$what"* ]] || fail "$session [$KARTO_LANG]: no '$what' in the answer"
        [[ $line == *\{*\}* ]] || fail "$session: nothing is marked as wrong"
        try_line "karto ${line%%\{*}$what${line#*\}}"
        ;;
    esac
}

# In this language: its id, some lines at most, not in the other language.
is_short() {
    local id=$1 lines
    [[ $answer == *"[$id]"* ]] || fail "$session [$KARTO_LANG]: no $id"
    lines=${answer//[!$'\n']/}
    [ "${#lines}" -le 12 ] || fail "$session [$KARTO_LANG]: too many lines"
    case $KARTO_LANG in
    uk) [[ ${answer##*$'\n'} == *[а-яґєії]* ]] || fail "$session: not in Ukrainian" ;;
    esac
}

# The last change of the store, in $last; and what it was before the sessions began, in $before.
last_change() {
    last=$("$KARTO" log --limit 1 --json 2>&1)
}
begin_sessions() {
    last_change
    before=$last
}

in_both() {
    local check=$1 what=$2
    session=$3
    sessions=$((sessions + 1))
    for KARTO_LANG in uk en; do
        local wanted=$what
        [ $KARTO_LANG = uk ] && wanted=${what%%|*} || wanted=${what##*|}
        eval "karto ${session//[\{\}]/}"
        answer=$err
        $check
        [ -z "$wanted" ] || works "$wanted" "$session"
    done
    export KARTO_LANG=en
}

tired() {
    local exit_code=$1 id=$2
    refused() {
        [ "$code" -eq "$exit_code" ] || fail "$session [$KARTO_LANG]: wanted $exit_code"
        [ -z "$out" ] || fail "$session: something was answered"
        is_short "$id"
    }
    in_both refused "$3" "$4"
    last_change
    [ "$last" = "$before" ] || fail "$session: something was changed"
}

warned() {
    local id=$1
    done_with() {
        [ "$code" -eq 0 ] || fail "$session [$KARTO_LANG]: wanted 0"
        is_short "$id"
    }
    in_both done_with "$2" "$3"
}

understood() {
    local text=$1
    done_as() {
        [ "$code" -eq 0 ] || fail "$session [$KARTO_LANG]: wanted 0"
        [[ $out == *"$text"* ]] || fail "$session [$KARTO_LANG]: no '$text'"
    }
    in_both done_as '' "$2"
}

# A store with a few records, whose ids are in $client, $person, $activity and $purchase; $undo is that of a client.
short_of_last() {
    printf '%s' "$out" | sed -n 's/.*"records":\["[0-9a-f]\{24\}\([0-9a-f]\{8\}\)".*/\1/p'
}
first_clients() {
    exits 0 init -q
    exits 0 client add name='ТОВ «Ромашка»' edrpou=14360570 phone='067 123-45-67' address.city=Львів tag=vip --json
    client=$(short_of_last)
    exits 0 client add name='Нова Пошта' phone='050 111-22-33' address.city=Київ -q
    exits 0 client add name='Ромашка плюс' -q
    exits 0 client add name='Аптека 24' -q
    exits 0 client add name='Аптека 24' address.city=Луцьк --json
    undo=$(field undo)
    exits 0 client add name='Стара крамниця' -q
    exits 0 client hide 'Стара крамниця' --reason закрилися --json
    exits 0 person add 14360570 name='Олена Коваль' phone=0501112244 --json
    person=$(short_of_last)
    exits 0 activity add 14360570 type=visit text=був --json
    activity=$(short_of_last)
    exits 0 purchase add 14360570 number=17 'lines.1=молоко; 20; 35,50' --json
    purchase=$(short_of_last)
    begin_sessions
}

# At least so many sessions were typed: a test that skips some has failed.
typed_at_least() {
    [ "$sessions" -ge "$1" ] || fail "only $sessions sessions"
    echo "$sessions sessions"
}

# What make.sh and prior_test.sh share: the lists of a store, as every program has printed them.
# shellcheck source=tests/cli/hub.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cli/hub.sh"

# Ids, names and values of all records that are not hidden, with the elements of sets apart in one way: lists STORE
lists() {
    local kind
    "$KARTO" client list --db "$1" --limit 1000 --tsv \
        --columns id,name,territory,external_id,phone,email,tag,note,conflicts |
        awk -F '\t' -v OFS='\t' '{ for (i = 5; i <= 7; i++) gsub(/, /, ";", $i); print }'
    for kind in person activity purchase; do
        "$KARTO" help "$kind" list >/dev/null 2>&1 || continue
        echo "$kind"
        "$KARTO" "$kind" list --db "$1" --limit 1000 --tsv --columns id,client
    done
}

# Nothing is wrong in a store: whole STORE
whole() {
    exits 0 check --db "$1" --json
    has '"problems":[]'
}

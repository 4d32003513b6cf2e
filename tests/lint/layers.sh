#!/usr/bin/env bash
# What includes what: layers.sh [ROOT]. The arrows between the folders point one way, includes are written from the root,
# and each third-party or system header has its few owners. Prints each breach as FILE:LINE and ends with 1.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}"

folders=()
for folder in core proto syncd client tools tests; do
    if [ -d "$folder" ]; then
        folders+=("$folder")
    fi
done
if [ ${#folders[@]} -eq 0 ]; then
    echo "layers.sh: no sources in $PWD" >&2
    exit 2
fi

find "${folders[@]}" -type f -name '*.[ch]' | LC_ALL=C sort | awk '
BEGIN {
    # folder: the folders whose headers it may include
    sees["core/base"] = "core/base"
    sees["core/model"] = "core/base core/model"
    sees["core/store"] = "core/base core/model core/store"
    sees["proto"] = "core/base core/model proto"
    sees["syncd"] = "core/base core/model core/store proto syncd"
    sees["client"] = "core/base core/model core/store proto client"
    sees["tools"] = "core/base core/model core/store proto syncd client tools"
    sees["tests"] = "core/base core/model core/store proto syncd client tools tests"

    # header: the only files of the product that may include it; the first pattern that fits counts
    own("lmdb\\.h", "(core/store/kv|tools/bench_lmdb)\\.c") # what a store is measured against
    own("zlib\\.h", "proto/deflate\\.c")
    own("msgpack(\\.h|/.*)", "core/base/pack\\.c")
    own("nng/.*", "syncd/transport_nng\\.c")
    own("unicode/.*", "core/base/text\\.c")
    own("xxh(ash|3)\\.h", "core/base/hash\\.c")
    own("openssl/evp\\.h", "(core/base/hash|proto/authority)\\.c") # SHA-256; keys
    own("openssl/ssl\\.h", "syncd/(tls|tunnel)\\.c")
    own("openssl/(err|x509|x509v3)\\.h", "(proto/authority|syncd/(tls|tunnel))\\.c")
    own("openssl/.*", "proto/authority\\.c")
    # beyond C11 and POSIX
    own("(sys/(epoll|eventfd|file|inotify|mount|prctl|random|signalfd|statfs|sysmacros|timerfd|vfs)|linux/.*|sched)\\.h",
        "(core/base/os_[a-z_]+|syncd/tunnel(_[a-z]+)?)\\.c")
    # the network
    own("(sys/(socket|un)|netinet/.*|arpa/inet|netdb|poll|sys/select)\\.h",
        "(core/base/os_[a-z_]+\\.c|syncd/(enrol\\.c|net\\.[ch]|tunnel(_[a-z]+)?\\.c))")
}
function own(header, owners) {
    header_of[++rules] = "^" header "$"
    owners_of[rules] = "^(" owners ")$"
}
function breach(why) {
    printf "%s:%d: %s\n", file, line, why
    breaches++
}
# The folder of the arrows that a path lies in; empty if it is none of them.
function layer(path, parts, count) {
    count = split(path, parts, "/")
    return count < 2 ? "" : parts[1] == "core" ? parts[1] "/" parts[2] : parts[1]
}
function is_file(path, ignored, found) {
    found = (getline ignored < path) >= 0
    close(path)
    return found
}
function check_ours(header, from, to) {
    from = layer(file)
    to = layer(header)
    if (header ~ /(^|\/)\.\.?\// || !is_file(header))
        breach("\"" header "\" is not a path from the root")
    else if (index(" " sees[from] " ", " " to " ") == 0)
        breach(from " may not include \"" header "\"")
}
function check_theirs(header, i) {
    if (file ~ /^tests\//)
        return
    for (i = 1; i <= rules; i++)
        if (header ~ header_of[i]) {
            if (file !~ owners_of[i])
                breach("<" header "> belongs to another file")
            return
        }
}
{
    file = $0
    line = 0
    files++
    if (!(layer(file) in sees))
        breach("no such layer")
    while ((getline text < file) > 0) {
        line++
        if (text !~ /^[ \t]*#[ \t]*include/)
            continue
        includes++
        if (match(text, /"[^"]*"/))
            check_ours(substr(text, RSTART + 1, RLENGTH - 2))
        else if (match(text, /<[^>]*>/))
            check_theirs(substr(text, RSTART + 1, RLENGTH - 2))
        else
            breach("cannot tell what is included")
    }
    close(file)
}
END {
    printf "layers.sh: %d files, %d includes, %d breaches\n", files, includes, breaches
    exit breaches > 0
}'

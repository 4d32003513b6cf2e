# csv.awk - rows of CSV taken apart and put together, for the scripts that turn sample data into tables for karto import.
#
#     awk -f tools/csv.awk -f tools/NAME.awk ...

# Splits a row of CSV into cell[1..]; the number of cells. Cells of this data have no line breaks.
function split_row(text, cell,    n, value) {
    for (n = 0; n == 0 || text != ""; ) {
        value = ""
        if (substr(text, 1, 1) == "\"") {
            text = substr(text, 2)
            while (match(text, /""|"/)) {
                value = value substr(text, 1, RSTART - 1)
                text = substr(text, RSTART + RLENGTH)
                if (RLENGTH == 1)
                    break
                value = value "\""
            }
        } else {
            match(text, /^[^,]*/)
            value = substr(text, 1, RLENGTH)
            text = substr(text, RLENGTH + 1)
        }
        cell[++n] = value
        if (text == "")
            return n
        text = substr(text, 2)
        if (text == "")
            cell[++n] = ""
    }
    return n
}

function quote(text) {
    if (text !~ /[",;]/)
        return text
    gsub(/"/, "\"\"", text)
    return "\"" text "\""
}

# csv.awk - rows of CSV taken apart and put together, for the scripts that turn sample data into tables for karto import
# and for those that read what karto export has written.
#
#     awk -f tools/csv.awk -f tools/NAME.awk ... TABLE.csv ...
#
# A script behind it sees the rows below the headings: cell[column["name"]] is a cell, table the name of the file. Any
# awk; with LC_ALL=C.

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

FNR == 1 {
    table = FILENAME
    sub(/.*\//, "", table)
    sub(/\.csv$/, "", table)
    sub(/^\357\273\277/, "")
    sub(/\r$/, "")
    delete column
    count = split_row($0, heading)
    for (i = 1; i <= count; i++)
        column[heading[i]] = i
    next
}

{
    sub(/\r$/, "")
    split_row($0, cell)
}

# treasury.awk - payments of public bodies, as CSV tables, as tables for karto import, and what they come to.
#
#     awk -v out=DIR -f tools/csv.awk -f tools/treasury.awk DIR_WITH_DATA/organizations.csv DIR_WITH_DATA/payments.csv
#
# Writes out/clients.csv, each organisation with its Treasury region as its territory (0: none is known);
# out/purchases.csv, each payment as a purchase of its payer with one line; and, counted here and not by the product,
# out/sums.csv: payer, month ("-": a payment without a date), number and sum of its payments, the sum as 123.45; and
# out/territories.csv: territory, its clients, and their payments. Sums are kept in two parts, so that no awk rounds
# them. Any awk; with LC_ALL=C.

BEGIN {
    print "edrpou,name,territory" > (out "/clients.csv")
    print "external_id,client,number,date,lines.product,lines.quantity,lines.price" > (out "/purchases.csv")
}

table == "organizations" {
    code = cell[column["edrpou"]]
    region = cell[column["region_id"]]
    territory[code] = region == "" ? "0" : region
    clients[territory[code]]++
    print code "," quote(cell[column["name"]]) "," territory[code] > (out "/clients.csv")
}

# Hundredths as 123.45.
function money(hundredths) {
    while (length(hundredths) < 3)
        hundredths = "0" hundredths
    return substr(hundredths, 1, length(hundredths) - 2) "." substr(hundredths, length(hundredths) - 1)
}

table == "payments" {
    payer = cell[column["payer_edrpou"]]
    date = cell[column["doc_date"]]
    amount = cell[column["amount_kop"]]
    month = payer "," (date == "" ? "-" : substr(date, 1, 7))
    number[month]++
    high[month] += substr(amount, 1, length(amount) - 6)
    low[month] += substr(amount, length(amount) > 6 ? length(amount) - 5 : 1)
    payments[territory[payer]]++
    print cell[column["id"]] "," payer "," quote(cell[column["doc_number"]]) "," date "," \
        quote(cell[column["recipt_name"]]) ",1," money(amount) > (out "/purchases.csv")
}

# Both parts of a sum as one row of digits.
function whole(high, low,    carry) {
    carry = int(low / 1000000)
    low -= carry * 1000000
    high += carry
    return high == 0 ? sprintf("%d", low) : sprintf("%.0f%06d", high, low)
}

END {
    for (month in number)
        print month "," number[month] "," money(whole(high[month], low[month])) > (out "/sums.csv")
    for (region in clients)
        print region "," clients[region] "," payments[region] + 0 > (out "/territories.csv")
}

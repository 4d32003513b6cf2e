# northwind.awk - the Northwind sample, as CSV tables, as tables for karto import.
#
#     awk -v out=DIR -f tools/csv.awk -f tools/northwind.awk DIR_WITH_NORTHWIND/*.csv
#
# Writes out/clients.csv, managers.csv, persons.csv and purchases.csv. A client's manager is, from each order's date on,
# the employee who took it (changes only); its territory is the first one of the employee of its latest order, of
# employee 1 where it has none. Any awk; with LC_ALL=C.

function row(a, b, c, d, e, f, g, h) {
    return quote(a) "," quote(b) "," quote(c) "," quote(d) "," quote(e) "," quote(f) "," quote(g) "," quote(h)
}

table == "customers" {
    id = cell[column["CustomerID"]]
    customers[++customer_count] = id
    name[id] = cell[column["CompanyName"]]
    contact[id] = cell[column["ContactName"]]
    title[id] = cell[column["ContactTitle"]]
    street[id] = cell[column["Address"]]
    city[id] = cell[column["City"]]
    region[id] = cell[column["Region"]]
    postcode[id] = cell[column["PostalCode"]]
    phone[id] = cell[column["Phone"]]
}

table == "employees" { last_name[cell[column["EmployeeID"]]] = cell[column["LastName"]] }

table == "employee_territories" {
    employee = cell[column["EmployeeID"]]
    territory = cell[column["TerritoryID"]]
    if (!(employee in first_territory) || territory "" < first_territory[employee] "")
        first_territory[employee] = territory
}

table == "orders" {
    id = cell[column["OrderID"]]
    orders[++order_count] = id
    order_client[id] = cell[column["CustomerID"]]
    order_employee[id] = cell[column["EmployeeID"]]
    order_date[id] = substr(cell[column["OrderDate"]], 1, 10)
}

table == "order_details" {
    id = cell[column["OrderID"]]
    lines[id]++
    line[id, lines[id]] = cell[column["ProductID"]] SUBSEP cell[column["Quantity"]] SUBSEP \
        cell[column["UnitPrice"]] SUBSEP cell[column["Discount"]]
}

table == "products" { product[cell[column["ProductID"]]] = cell[column["ProductName"]] }

# By date; those of one day stay in the order of the file.
function sort_orders(    i, j, id) {
    for (i = 2; i <= order_count; i++) {
        id = orders[i]
        for (j = i; j > 1 && order_date[orders[j - 1]] > order_date[id]; j--)
            orders[j] = orders[j - 1]
        orders[j] = id
    }
}

# Of several orders of a client on one day the last counts.
function write_managers(    i, id, client, employee, file) {
    file = out "/managers.csv"
    print "external_id,manager,manager.since" > file
    for (i = 1; i <= order_count; i++)
        of_day[order_client[orders[i]], order_date[orders[i]]] = order_employee[orders[i]]
    for (i = 1; i <= order_count; i++) {
        id = orders[i]
        client = order_client[id]
        employee = of_day[client, order_date[id]]
        if (latest[client] != employee)
            print quote(client) "," quote(last_name[employee]) "," order_date[id] > file
        latest[client] = employee
    }
    close(file)
}

function write_clients(    i, id, employee, file) {
    file = out "/clients.csv"
    print "external_id,name,territory,address.street,address.city,address.region,address.index,phone" > file
    for (i = 1; i <= customer_count; i++) {
        id = customers[i]
        employee = id in latest ? latest[id] : 1
        print row(id, name[id], first_territory[employee], street[id], city[id], region[id], postcode[id],
            phone[id]) > file
    }
    close(file)
}

function write_persons(    i, id, file) {
    file = out "/persons.csv"
    print "external_id,client,name,role" > file
    for (i = 1; i <= customer_count; i++) {
        id = customers[i]
        print quote(id) "," quote(id) "," quote(contact[id]) "," quote(title[id]) > file
    }
    close(file)
}

function write_purchases(    i, j, id, part, file) {
    file = out "/purchases.csv"
    print "external_id,client,number,date,lines.product,lines.quantity,lines.price,lines.discount" > file
    for (i = 1; i <= order_count; i++) {
        id = orders[i]
        for (j = 1; j <= lines[id]; j++) {
            split(line[id, j], part, SUBSEP)
            print row(id, order_client[id], id, order_date[id], product[part[1]], part[2], part[3] " USD",
                part[4] * 100) > file
        }
    }
    close(file)
}

END {
    sort_orders()
    write_managers()
    write_clients()
    write_persons()
    write_purchases()
}

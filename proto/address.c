#include "proto/address.h"

#include <string.h>

static bool letter_or_digit(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name(struct karto_slice host)
{
    if (host.size == 0 || host.size > KARTO_HOST_SIZE_MAX || !letter_or_digit(host.data[0]))
        return false;
    for (size_t i = 0; i < host.size; i++)
        if (!letter_or_digit(host.data[i]) && host.data[i] != '-' && host.data[i] != '.')
            return false;
    return true;
}

/* Whether it may be one; who looks it up finds out. What matters here is that nothing else passes. */
static bool is_ipv6(struct karto_slice host)
{
    if (host.size < 2 || host.size > 45 || !memchr(host.data, ':', host.size))
        return false;
    for (size_t i = 0; i < host.size; i++) {
        uint8_t c = host.data[i];
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!hex && c != ':' && c != '.')
            return false;
    }
    return true;
}

static bool read_port(struct karto_slice text, uint16_t *out)
{
    unsigned port = 0;
    if (text.size == 0 || text.size > 5 || (text.data[0] == '0' && text.size > 1))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        port = port * 10 + (text.data[i] - (unsigned)'0');
    }
    *out = (uint16_t)port;
    return port <= UINT16_MAX;
}

enum karto_err karto_address_parse(struct karto_slice text, struct karto_address *out)
{
    size_t colon = text.size;
    while (colon > 0 && text.data[colon - 1] != ':')
        colon--;
    if (colon < 2)
        return KARTO_E_INVALID;
    struct karto_slice host = karto_slice(text.data, colon - 1);
    struct karto_address address = {.port = 0};
    bool bracketed = host.data[0] == '[' && host.size > 2 && host.data[host.size - 1] == ']';
    if (bracketed)
        host = karto_slice(host.data + 1, host.size - 2);
    if (bracketed ? !is_ipv6(host) : !is_name(host))
        return KARTO_E_INVALID;
    if (!read_port(karto_slice(text.data + colon, text.size - colon), &address.port))
        return KARTO_E_INVALID;
    memcpy(address.host, host.data, host.size);
    *out = address;
    return KARTO_OK;
}

void karto_address_print(const struct karto_address *address, struct karto_buf *buf)
{
    bool brackets = strchr(address->host, ':') != NULL;
    karto_buf_printf(buf, "%s%s%s:%u", brackets ? "[" : "", address->host, brackets ? "]" : "",
                     (unsigned)address->port);
}

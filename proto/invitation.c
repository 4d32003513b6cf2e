#include "proto/invitation.h"

#include <string.h>

#define SCHEME "karto1://"

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct karto_slice trim(struct karto_slice text)
{
    while (text.size && is_space(text.data[text.size - 1]))
        text.size--;
    while (text.size && is_space(text.data[0]))
        text = karto_slice(text.data + 1, text.size - 1);
    return text;
}

/* What stands before the first '/', which is taken as well; the rest stays in *text. */
static struct karto_slice take_part(struct karto_slice *text)
{
    const uint8_t *slash = text->size ? memchr(text->data, '/', text->size) : NULL;
    struct karto_slice part = karto_slice(text->data, slash ? (size_t)(slash - text->data) : text->size);
    size_t taken = part.size + (slash ? 1 : 0);
    *text = karto_slice(text->data + taken, text->size - taken);
    return part;
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct karto_slice text, uint8_t *out, size_t size)
{
    if (text.size != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = digit(text.data[2 * i]), low = digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* "karto", a number other than 1, "://". */
static bool is_later_form(struct karto_slice text)
{
    size_t at = strlen("karto");
    if (text.size < at || memcmp(text.data, "karto", at) != 0)
        return false;
    size_t digits = at;
    while (at < text.size && text.data[at] >= '0' && text.data[at] <= '9')
        at++;
    return at > digits && text.data[digits] != '0' && text.size - at >= 3 && memcmp(text.data + at, "://", 3) == 0;
}

enum karto_err karto_invitation_parse(struct karto_slice text, struct karto_invitation *out)
{
    text = trim(text);
    size_t scheme = strlen(SCHEME);
    if (text.size < scheme || memcmp(text.data, SCHEME, scheme) != 0)
        return is_later_form(text) ? KARTO_E_VERSION : KARTO_E_INVITATION;
    text = karto_slice(text.data + scheme, text.size - scheme);
    struct karto_slice hub = take_part(&text), authority = take_part(&text);
    struct karto_invitation invitation;
    if (karto_address_parse(hub, &invitation.hub) != KARTO_OK || invitation.hub.port == 0)
        return KARTO_E_INVITATION;
    if (!read_hex(authority, invitation.authority, sizeof invitation.authority))
        return KARTO_E_INVITATION;
    if (!read_hex(text, invitation.token, sizeof invitation.token))
        return KARTO_E_INVITATION;
    *out = invitation;
    return KARTO_OK;
}

static void print_hex(struct karto_buf *buf, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        karto_buf_printf(buf, "%02x", bytes[i]);
}

void karto_invitation_print(const struct karto_invitation *invitation, struct karto_buf *buf)
{
    karto_buf_add_str(buf, SCHEME);
    karto_address_print(&invitation->hub, buf);
    karto_buf_add_byte(buf, '/');
    print_hex(buf, invitation->authority, sizeof invitation->authority);
    karto_buf_add_byte(buf, '/');
    print_hex(buf, invitation->token, sizeof invitation->token);
}

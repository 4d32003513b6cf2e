#include "client/set_cell.h"

#include <string.h>

static bool is_separator(uint8_t byte)
{
    return byte == ';' || byte == '\n' || byte == '\r';
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static size_t skip_blanks(struct karto_slice text, size_t at)
{
    while (at < text.size && is_blank(text.data[at]))
        at++;
    return at;
}

/* An element in quotation marks at the beginning of text: *end is behind it and its blanks. False: it is none. */
static bool take_quoted(struct karto_arena *arena, struct karto_slice text, struct karto_slice *element, size_t *end)
{
    uint8_t *out = karto_arena_alloc(arena, text.size);
    size_t size = 0, at = 1;
    for (; at < text.size; at++) {
        if (text.data[at] != '"') {
            out[size++] = text.data[at];
        } else if (at + 1 < text.size && text.data[at + 1] == '"') {
            out[size++] = '"';
            at++;
        } else {
            break;
        }
    }
    *end = skip_blanks(text, at + 1);
    if (at == text.size || (*end < text.size && !is_separator(text.data[*end])))
        return false;
    *element = karto_slice(out, size);
    return true;
}

bool karto_set_cell_take(struct karto_arena *arena, struct karto_slice *rest, struct karto_slice *element)
{
    if (!rest->data)
        return false;
    size_t at = skip_blanks(*rest, 0), end;
    struct karto_slice text = karto_slice(rest->data + at, rest->size - at);
    if (text.size == 0 || text.data[0] != '"' || !take_quoted(arena, text, element, &end)) {
        for (end = 0; end < text.size && !is_separator(text.data[end]); end++)
            ;
        *element = karto_slice(text.data, end);
        while (element->size && is_blank(element->data[element->size - 1]))
            element->size--;
    }
    *rest = end < text.size ? karto_slice(text.data + end + 1, text.size - end - 1) : karto_slice(NULL, 0);
    return true;
}

bool karto_set_cell_next(struct karto_arena *arena, struct karto_slice *rest, struct karto_slice *element)
{
    while (karto_set_cell_take(arena, rest, element))
        if (element->size)
            return true;
    return false;
}

static bool needs_quotes(struct karto_slice element)
{
    if (element.size && element.data[0] == '"')
        return true;
    for (size_t i = 0; i < element.size; i++)
        if (is_separator(element.data[i]))
            return true;
    return false;
}

void karto_set_cell_add(struct karto_buf *out, size_t begin, struct karto_slice element)
{
    if (out->size > begin)
        karto_buf_add_byte(out, ';');
    if (!needs_quotes(element)) {
        karto_buf_add_slice(out, element);
        return;
    }
    karto_buf_add_byte(out, '"');
    for (size_t i = 0; i < element.size; i++) {
        if (element.data[i] == '"')
            karto_buf_add_byte(out, '"');
        karto_buf_add_byte(out, element.data[i]);
    }
    karto_buf_add_byte(out, '"');
}

/* synonym.h - what people call our commands and fields who come from other programs, or from Ukrainian. */
#ifndef KARTO_CLIENT_SYNONYM_H
#define KARTO_CLIENT_SYNONYM_H

#include "core/base/slice.h"

/* The verb that another word means: "edit" is set, "видалити" is hide. NULL: none. Results live for ever. */
const char *karto_verb_meant(const char *word);

/* The command, or its first word, that one word alone means: "list" is client list, "clients" is client. NULL: none. */
const char *karto_command_meant(const char *word);

/* The topic of the help that a word means: "поля" is fields. NULL: none. */
const char *karto_topic_meant(const char *word);

/* The field of some kind that a word means: "tel" is phone, "Name" is name, "Телефон" is phone;
 * on either keyboard layout. NULL: none. */
const char *karto_field_meant(struct karto_slice word);

/* The part of a purchase's line that a word means: "qty" is quantity, "ціна" is price. NULL: none. */
const char *karto_line_part_meant(struct karto_slice word);

#endif

/* typed_word.h - a word of a command that is shown to a person, to be typed or copied. */
#ifndef KARTO_CLIENT_TYPED_WORD_H
#define KARTO_CLIENT_TYPED_WORD_H

#include "core/base/buf.h"

/* Appends it as a shell takes it for one word; of FIELD=VALUE only the value is quoted. */
void karto_typed_word(struct karto_buf *out, struct karto_slice word);

#endif

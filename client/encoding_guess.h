/* encoding_guess.h - which encoding some bytes are in, by what their letters say: Ukrainian has its own of them, and
 * some far more often than others. */
#ifndef KARTO_CLIENT_ENCODING_GUESS_H
#define KARTO_CLIENT_ENCODING_GUESS_H

#include "client/encoding.h"

/* bytes: the beginning of a file, or a part behind which there is more: a character may be cut at its end. Not for
 * KARTO_FIND_OUT; letters of ASCII alone are UTF-8. */
enum karto_encoding karto_encoding_guess(struct karto_slice bytes);

#endif

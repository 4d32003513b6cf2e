/* legal_form.h - the words that say what kind of firm it is, and not which: ТОВ, ФОП, LLC. */
#ifndef KARTO_BASE_LEGAL_FORM_H
#define KARTO_BASE_LEGAL_FORM_H

#include "core/base/token.h"

/* Whether a word (folded: karto_text_fold) is one. */
bool karto_is_legal_form(struct karto_slice word);

/* A name by its words without the legal forms before and behind them: from first up to end. All of them where there is
 * nothing else. By these, names are compared and looked for: "Ромашка", ТОВ «Ромашка» and "Ромашка, ПП" are one. */
struct karto_name_core {
    uint32_t first, end;
};
struct karto_name_core karto_name_core(struct karto_tokens name);

/* Whether two names are the same word for word, by their cores. Names without a word are no one's. */
bool karto_name_same(struct karto_tokens a, struct karto_tokens b);

#endif

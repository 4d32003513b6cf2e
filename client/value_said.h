/* value_said.h - values as people read them, on a terminal and in sentences. What programs read is in field_show.h. */
#ifndef KARTO_CLIENT_VALUE_SAID_H
#define KARTO_CLIENT_VALUE_SAID_H

#include "core/base/message.h"
#include "core/model/schema.h"

/* A value in the arena: "27.11.2026"; "12 400,50 UAH"; a choice by its word ("візит"); "yes, closed down" of what
 * hides; all else as it is typed. Empty for nil. def NULL: of a newer version. */
struct karto_slice karto_value_said(struct karto_arena *arena, const struct karto_field_def *def,
                                    struct karto_slice bytes, enum karto_lang lang);

/* The same for programs that read a text: days, amounts and choices as they are typed in every language. */
struct karto_slice karto_value_written(struct karto_arena *arena, const struct karto_field_def *def,
                                       struct karto_slice bytes, enum karto_lang lang);

#endif

/* page.h - the records that a query may mean, in the order of a list or in any: as query.h lists all of a kind, but
 * without reading those that an index can tell apart (plan.h). */
#ifndef KARTO_STORE_PAGE_H
#define KARTO_STORE_PAGE_H

#include "core/store/query.h"
#include "core/store/select.h"

struct karto_page {
    const struct karto_select *select;
    uint32_t kind;
    uint32_t rows; /* how many that fit are about to be wanted, after which visit ends the walk; UINT32_MAX: all */
    const struct karto_index_place *from; /* behind this place of an earlier page, or NULL */
};

/* What karto_list visits, in the same order, but for some that the query does not mean: visit asks itself. */
KARTO_CHECKED enum karto_err karto_page_list(struct karto_tx *tx, const struct karto_page *page,
                                             karto_list_visit *visit, void *context);

/* The same with what karto_each visits. */
KARTO_CHECKED enum karto_err karto_page_each(struct karto_tx *tx, const struct karto_select *select, uint32_t kind,
                                             struct karto_rid after, karto_list_visit *visit, void *context);

#endif

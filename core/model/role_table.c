/* The roles that there are. */
#include "core/base/fatal.h"
#include "core/model/role_text.h"

#include <pthread.h>

static const char *const texts[KARTO_ROLE_LAST + 1] = {
    [KARTO_ROLE_OFFICE] = "role office\n"
                          "where everywhere\n"
                          "other read all\n"
                          "other write all\n"
                          "other make\n",
    [KARTO_ROLE_REPRESENTATIVE] = "role representative\n"
                                  "where territories\n"
                                  "client read all\n"
                                  "client write all but territory manager merged credit_limit\n"
                                  "client make\n"
                                  "other read all\n"
                                  "other write all but territory manager merged\n"
                                  "other make\n",
    [KARTO_ROLE_LEAD] = "role lead\n"
                        "where territories\n"
                        "client read all\n"
                        "client write all but merged credit_limit\n"
                        "client make\n"
                        "other read all\n"
                        "other write all but territory manager merged\n"
                        "other make\n",
    [KARTO_ROLE_ACCOUNTANT] = "role accountant\n" /* what is written for the sale stays with those who sell */
                              "where everywhere\n"
                              "client read hidden territory merged name manager edrpou external_id phone email iban "
                              "full_name legal_form vat status credit_limit since "
                              "address.* legal_address.* postal_address.*\n"
                              "client write edrpou iban full_name legal_form vat credit_limit legal_address.*\n"
                              "purchase read all\n"
                              "purchase write all\n"
                              "purchase make\n",
    [KARTO_ROLE_ANALYST] = "role analyst\n"
                           "where everywhere\n"
                           "person read all but name phone email\n"
                           "other read all\n",
    [KARTO_ROLE_ADMINISTRATOR] = "role administrator\n"
                                 "where everywhere\n"
                                 "other read all\n"
                                 "other write all\n"
                                 "other make\n",
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct karto_arena arena; /* for ever */
static struct karto_role roles[KARTO_ROLE_LAST + 1];

static void read_texts(void)
{
    struct karto_role_problem problem;
    karto_arena_init(&arena);
    for (int i = 1; i <= KARTO_ROLE_LAST; i++) {
        KARTO_ASSERT(karto_role_parse(&arena, karto_slice_str(texts[i]), &roles[i], &problem) == KARTO_OK);
        roles[i].number = (uint32_t)i;
    }
}

const struct karto_role *karto_role(uint32_t number)
{
    if (pthread_once(&once, read_texts) != 0)
        karto_fatal("pthread_once");
    return number >= 1 && number <= KARTO_ROLE_LAST ? &roles[number] : NULL;
}

const struct karto_role *karto_role_named(struct karto_slice name)
{
    const struct karto_role *role;
    for (uint32_t i = 1; (role = karto_role(i)) != NULL; i++)
        if (karto_slice_is(name, role->name))
            return role;
    return NULL;
}

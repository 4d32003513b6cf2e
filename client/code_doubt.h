/* code_doubt.h - codes of a client that are right one by one and do not fit each other, or what they are called. */
#ifndef KARTO_CLIENT_CODE_DOUBT_H
#define KARTO_CLIENT_CODE_DOUBT_H

#include "client/field_edits.h"

/* Adds to the warnings of edits of a client, where they touch these codes and with what the client has already:
 *   E-VAT-EDRPOU      the number of a VAT payer begins with the first seven digits of the firm's code; that of a sole
 *                     trader is the same
 *   E-INDEX-REGION    a postcode is of the region of its address, or where that is empty, of its city
 *   E-KATOTTG-SHAPE   an attribute called katottg has UA and 17 digits */
void karto_code_doubts(struct karto_field_edits *edits);

#endif

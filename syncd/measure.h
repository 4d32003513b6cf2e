/* measure.h - how much a hub would give a device: counted, and nothing given, settled or noted. A length tells as much
 * as bytes do, so only what the device may have is counted. */
#ifndef KARTO_SYNCD_MEASURE_H
#define KARTO_SYNCD_MEASURE_H

#include "core/store/hub.h"
#include "proto/messages.h"

/* The answer to a request of this type. */
KARTO_CHECKED enum karto_err karto_measure(struct karto_tx *tx, const struct karto_device *device,
                                           const struct karto_request *request, struct karto_measure_answer *answer);

#endif

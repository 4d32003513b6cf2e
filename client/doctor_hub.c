/* The way to head office, by a greeting that karto-syncd sends; and at head office, whether it is where laptops look.
 */
#include "client/doctor.h"
#include "client/interrupt.h"
#include "client/syncd_line.h"
#include "core/base/limits.h"
#include "core/base/os_port.h"
#include "core/base/os_socket.h"
#include "proto/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char area[] = "hub";

/* What was heard. */
struct greeting {
    char link[32]; /* empty: it has not come to that */
    struct karto_syncd_line last;
};

static void hear(void *context, const char *line)
{
    struct greeting *greeting = context;
    if (strncmp(line, "link ", 5) == 0)
        snprintf(greeting->link, sizeof greeting->link, "%s", line + 5);
    else
        karto_syncd_hear(&greeting->last, line);
}

/* What stands in the way, by karto_link_word of syncd/link.h. */
static const struct obstacle {
    const char *link, *id, *next; /* next: one that ends with a blank goes on with the host */
    enum karto_message message;
} obstacles[] = {
    {"no-name", "D-HUB-NAME", "getent hosts ", KARTO_M_DOCTOR_HUB_NAME},
    {"unreachable", "D-HUB-UNREACHABLE", "ping -c 3 ", KARTO_M_DOCTOR_HUB_UNREACHABLE},
    {"silent", "D-HUB-SILENT", "ping -c 3 ", KARTO_M_DOCTOR_HUB_SILENT},
    {"refused", "D-HUB-REFUSED", "sudo systemctl status karto-hub", KARTO_M_DOCTOR_HUB_REFUSED},
    {"cut", "D-HUB-CUT", "karto sync", KARTO_M_DOCTOR_HUB_CUT},
    {"not-a-hub", "D-HUB-OTHER", "karto status", KARTO_M_DOCTOR_HUB_OTHER},
    {"foreign-hub", "D-HUB-FOREIGN", "karto status", KARTO_M_DOCTOR_HUB_FOREIGN},
    {"hub-expired", "D-HUB-EXPIRED", "date", KARTO_M_DOCTOR_HUB_EXPIRED},
    {"hub-early", "D-HUB-EARLY", "date", KARTO_M_DOCTOR_HUB_EARLY},
    {"unknown-authority", "D-HUB-STRANGER", "karto help join", KARTO_M_DOCTOR_HUB_STRANGER},
    {"no-certificate", "D-HUB-STRANGER", "karto help join", KARTO_M_DOCTOR_HUB_STRANGER},
    {"expired", "D-HUB-CLOCK", "date", KARTO_M_DOCTOR_HUB_CLOCK},
    {"early", "D-HUB-CLOCK", "date", KARTO_M_DOCTOR_HUB_CLOCK},
    {NULL, NULL, NULL, KARTO_MESSAGE_COUNT},
};

static const char *next_of(struct karto_doctor *doctor, const struct obstacle *obstacle, const char *host)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    size_t size = strlen(obstacle->next);
    if (strncmp(obstacle->next, "karto s", 7) == 0)
        return karto_doctor_karto(doctor, obstacle->next + 6);
    if (obstacle->next[size - 1] != ' ')
        return obstacle->next;
    karto_buf_printf(&text, "%s%s", obstacle->next, host);
    karto_buf_add_byte(&text, 0);
    struct karto_slice kept = karto_arena_copy(&doctor->arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return (const char *)kept.data;
}

static void find_obstacle(struct karto_doctor *doctor, const struct greeting *greeting, enum karto_err err)
{
    struct karto_address address = {.host = ""};
    const struct obstacle *obstacle = obstacles;
    while (obstacle->link && strcmp(obstacle->link, greeting->link) != 0)
        obstacle++;
    if (!obstacle->link) { /* connected, and then */
        karto_doctor_error(doctor, area, err == KARTO_E_RECOVERING ? KARTO_DOUBTFUL : KARTO_BAD,
                           karto_doctor_karto(doctor, "status"), err);
        return;
    }
    if (karto_address_parse(karto_slice_str(doctor->facts.hub), &address) != KARTO_OK)
        address.host[0] = 0;
    KARTO_FIND(doctor, area, obstacle->id, KARTO_BAD, next_of(doctor, obstacle, address.host), obstacle->message,
               karto_arg_str("hub", doctor->facts.hub), karto_arg_str("host", address.host));
}

static void find_way(struct karto_doctor *doctor, const char *numbers)
{
    char *at;
    int64_t round_trip_ms = strtoll(numbers, &at, 10);
    bool slow = round_trip_ms > KARTO_GREET_SLOW_MS;
    doctor->clock_offset_ms = strtoll(at, &at, 10);
    KARTO_FIND(doctor, area, slow ? "D-HUB-SLOW" : "D-HUB", slow ? KARTO_DOUBTFUL : KARTO_FINE,
               slow ? karto_doctor_karto(doctor, "sync") : NULL, slow ? KARTO_M_DOCTOR_HUB_SLOW : KARTO_M_DOCTOR_HUB,
               karto_arg_str("hub", doctor->facts.hub), karto_arg_int("ms", round_trip_ms));
}

/* ---- at head office ---- */

static void find_port(struct karto_doctor *doctor, const char *id, enum karto_health health, enum karto_message message,
                      uint16_t port)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_buf_printf(&text, "sudo ss -ltnp sport = :%u", (unsigned)port);
    karto_buf_add_byte(&text, 0);
    struct karto_slice next = karto_arena_copy(&doctor->arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    KARTO_FIND(doctor, area, id, health, health == KARTO_FINE ? NULL : (const char *)next.data, message,
               karto_arg_str("hub", doctor->facts.listen));
}

/* Who listens there while its own daemon runs is that daemon, which has ended otherwise. */
static void check_port(struct karto_doctor *doctor)
{
    struct karto_address at;
    if (karto_address_parse(karto_slice_str(doctor->facts.listen), &at) != KARTO_OK || at.port == 0)
        return;
    bool runs = karto_daemon_runs(doctor->dir);
    enum karto_err err = karto_os_port(at.host, at.port);
    if (err == KARTO_E_NOT_FOUND)
        find_port(doctor, "D-PORT-ELSEWHERE", KARTO_BAD, KARTO_M_DOCTOR_PORT_ELSEWHERE, at.port);
    else if (err == KARTO_E_BUSY && !runs)
        find_port(doctor, "D-PORT-TAKEN", KARTO_BAD, KARTO_M_DOCTOR_PORT_TAKEN, at.port);
    else if (err == KARTO_OK && runs)
        find_port(doctor, "D-PORT-NOBODY", KARTO_DOUBTFUL, KARTO_M_DOCTOR_PORT_NOBODY, at.port);
    else if (err == KARTO_OK || err == KARTO_E_BUSY)
        find_port(doctor, "D-PORT", KARTO_FINE, runs ? KARTO_M_DOCTOR_PORT : KARTO_M_DOCTOR_PORT_FREE, at.port);
}

/* ---- on a laptop ---- */

static void greet(struct karto_doctor *doctor)
{
    struct greeting greeting = {.link = ""};
    const char *numbers;
    int status = 0;
    char *const argv[] = {karto_syncd_word(KARTO_SYNCD), karto_syncd_word("--greet"), karto_syncd_word("--db"),
                          karto_syncd_word(doctor->dir), NULL};
    const struct karto_waiting waiting = {karto_interrupted, 0, NULL, NULL};
    const struct karto_sibling sibling = {KARTO_SYNCD, argv, karto_slice(NULL, 0), hear, &greeting, &waiting};
    enum karto_err err = karto_run_sibling(&sibling, &status);
    if (err == KARTO_E_NOT_FOUND) {
        KARTO_FIND(doctor, area, "D-SYNCD-MISSING", KARTO_BAD, "command -v karto-syncd", KARTO_M_DOCTOR_SYNCD_MISSING,
                   karto_arg_str("program", KARTO_SYNCD));
        return;
    }
    if (err == KARTO_OK)
        err = karto_syncd_understand(greeting.last.text, &numbers);
    if (err == KARTO_OK)
        find_way(doctor, numbers);
    else
        find_obstacle(doctor, &greeting, err);
}

void karto_doctor_hub(struct karto_doctor *doctor)
{
    if (!doctor->known || doctor->offline)
        return;
    switch (doctor->facts.ledger.role) {
    case KARTO_LOCAL: break;
    case KARTO_ON_DEVICE: greet(doctor); break;
    case KARTO_ON_HUB: check_port(doctor); break;
    }
}

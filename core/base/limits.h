/* limits.h - every maximum, its unit and its reason. They are part of the formats: checked at the edit, again at the
 * hub, and before any length that a peer claims is believed. */
#ifndef KARTO_BASE_LIMITS_H
#define KARTO_BASE_LIMITS_H

enum {
    /* What a person can enter. */
    KARTO_VALUE_SIZE_MAX = 64 * 1024, /* bytes of one encoded value: a long note; pictures do not belong here */
    KARTO_KEY_SIZE_MAX = 384, /* bytes of a register's key: leaves room for record and field in an LMDB key of 511 */
    KARTO_RECORD_SIZE_MAX = 1024 * 1024, /* bytes of an encoded record: fits a frame with room for others */
    KARTO_REGISTERS_MAX = 10000,         /* registers of one record: lines of the longest purchase */
    KARTO_FIELDS_MAX = 1000,             /* fields of one record, known and unknown */
    KARTO_FIELD_NUMBER_MAX = 65535,
    KARTO_KIND_MAX = 31,                 /* kinds are counted, one by one, and there are few */
    KARTO_SETS_MAX = 10000,              /* registers that one change sets */
    KARTO_CHANGE_SIZE_MAX = 1024 * 1024, /* bytes of an encoded change: one that fills a record */
    KARTO_HEADS_MAX = 64,                /* heads of one register: people who wrote at once; the hub refuses a 65th */
    KARTO_VECTOR_MAX = 4096,             /* nodes in one version vector: a field that thousands wrote */
    KARTO_AUTHOR_SIZE_MAX = 64,          /* bytes of a user's name */
    KARTO_NAME_SIZE_MAX = 200,           /* bytes of a device's or organisation's name */
    KARTO_REASON_SIZE_MAX = 4096,        /* bytes of a change's reason */
    KARTO_ROLE_NAME_MAX = 32,            /* bytes of its name */
    KARTO_ROLES_MAX = 100,               /* that an enterprise has made */
    KARTO_ROLE_TEXT_MAX = 8000,          /* bytes of a role that an enterprise has made */
    KARTO_TERRITORY_SIZE_MAX = 64,       /* bytes of a territory's code */
    KARTO_IMPORT_JSON_SIZE_MAX = 256 * 1024 * 1024, /* bytes of a JSON file, read as a whole: what ICU's lengths bear */
    KARTO_IMPORT_TITLE_ROWS_MAX =
        20,               /* rows above the names of columns: a letterhead, a period, a name of the report */
    KARTO_TUPLE_MAX = 16, /* elements of a tuple */

    KARTO_UNDO_CHAIN_MAX = 64,   /* undoes of an undo of an undo: nobody changes his mind as often */
    KARTO_UNDO_RECORDS = 10000,  /* records that are taken back in one transaction: it fits into memory */
    KARTO_ASSIGN_CLIENTS = 2000, /* clients that are handed over in one transaction, with all that hangs on them */

    /* What goes over the wire. */
    KARTO_FRAME_SIZE_MAX = 4 * 1024 * 1024 + 4096, /* bytes of one nng message: a change set and its header */
    KARTO_BODY_SIZE_MAX = 4 * 1024 * 1024,         /* bytes of a frame's body when inflated */
    KARTO_PAGE_SIZE = 1024 * 1024,                 /* bytes at which a sender closes a page: a retry costs little */
    KARTO_PUSH_MAX = 10000,                        /* changes in one push */
    KARTO_EVENTS_MAX = 20000,                      /* events in one pull */
    KARTO_DIGESTS_MAX = 50000,                     /* record hashes in one page: 24 bytes each */
    KARTO_STATES_MAX = 10000,                      /* record ids asked for in one request */
    KARTO_CLAIMED_MAX = 1000, /* devices that a hub which was put back does not know, and waits to be told about */
    KARTO_HELD_MAX = 10000,   /* states of one device that a hub holds for the administrator */
    KARTO_HELD_SIZE_MAX = 64 * 1024 * 1024, /* bytes of these states */
    KARTO_HISTORY_RECORDS_MAX = 1000,       /* records whose history is asked for in one request */
    KARTO_HISTORY_ROWS_MAX = 5000, /* entries of the log that a hub looks at for one request: some milliseconds */
    KARTO_NODES_MAX = 64,          /* node ids in one hello: old ones retire once nothing of theirs is pending */
    KARTO_DEVICE_NODES_MAX =
        1000, /* node ids that one device can ever enter: each is a repair after a disk was put back */
    KARTO_TERRITORIES_MAX = 1000, /* territories of one device */
    KARTO_WAIT_SECONDS_MAX = 50,  /* a parked request: shorter than what NAT forgets a connection after */
    KARTO_HUB_JOURNAL_SIZE_MAX = 16 * 1024 * 1024, /* bytes: 400,000 devices turned out */
    KARTO_ENROL_SIZE_MAX = 8 * 1024,               /* bytes of an enrolment: a token and a certificate request */
};

/* What is set aside because it cannot be decoded or applied (core/store/quarantine.h). A few is a damaged file or a
 * program with a fault; more is somebody who wants to fill the disk. */
enum {
    KARTO_QUARANTINE_ENTRY_SIZE_MAX = 4 * 1024 * 1024, /* bytes of one: as much as a frame has */
    KARTO_QUARANTINE_MAX = 10000,                      /* entries of a store */
    KARTO_QUARANTINE_SIZE_MAX = 256 * 1024 * 1024,     /* their bytes */
    KARTO_QUARANTINE_OF_DEVICE_MAX = 100,              /* entries that a hub keeps of one device */
    KARTO_QUARANTINE_OF_DEVICE_SIZE_MAX = 8 * 1024 * 1024,
    KARTO_QUARANTINE_OF_HUB_MAX = 1000, /* entries that a device keeps of its hub */
    KARTO_QUARANTINE_OF_HUB_SIZE_MAX = 64 * 1024 * 1024,
    KARTO_QUARANTINE_WORD_SIZE_MAX = 200, /* bytes of the error's id, and of what was wrong */
};

/* What a hub keeps of changes that it refused for lack of rights, for somebody to decide on
 * (core/store/hub_proposal.h). */
enum {
    KARTO_PROPOSAL_SIZE_MAX = 256 * 1024, /* bytes of one change: some long texts */
    KARTO_PROPOSALS_OF_DEVICE_MAX = 200,  /* of one device: more than anybody decides on at one go */
    KARTO_PROPOSALS_OF_DEVICE_SIZE_MAX = 1024 * 1024,
    KARTO_PROPOSALS_MAX = 10000, /* of all */
    KARTO_PROPOSALS_SIZE_MAX = 64 * 1024 * 1024,
};

/* How much of what happened before is fetched, as configured: days of age, MiB on the device. */
enum {
    KARTO_HISTORY_DAYS = 730,       /* unless configured */
    KARTO_HISTORY_DAYS_MAX = 36500, /* a hundred years */
    KARTO_HISTORY_MB = 200,         /* unless configured */
    KARTO_HISTORY_MB_MAX = 1024 * 1024,
    KARTO_HISTORY_PAGE_SIZE = 128 * 1024, /* bytes of a page: edits wait no longer than one takes to be written */
    KARTO_HISTORY_ONCE_MS = 2000,         /* how long one synchronisation goes on to fetch it, when it was asked for */
};

/* What karto doctor finds fault with. */
enum {
    KARTO_GREET_CONNECT_MS = 5000,             /* until a hub has taken a connection: one that is there needs less */
    KARTO_GREET_MS = 6000,                     /* connection and first answer: a person waits */
    KARTO_GREET_AGAIN_MS = 2000,               /* a second answer, which measures the way */
    KARTO_GREET_SLOW_MS = 1000,                /* a round trip that makes a long synchronisation tedious */
    KARTO_DOCTOR_STORE_MS = 2500,              /* to open it, and to check it: a disk that needs longer is a finding */
    KARTO_DOCTOR_WRITER_MS = 1000,             /* to wait for who writes: a save takes a tenth of that */
    KARTO_DOCTOR_CHECK_RECORDS = 20000,        /* in a store of so many all is checked: it takes a second */
    KARTO_DOCTOR_CLOCK_S = 60,                 /* that a clock may be off or go back: nobody minds */
    KARTO_DOCTOR_YEAR_LEAST = 2025,            /* no store is older than the program */
    KARTO_DOCTOR_YEAR_MOST = 2099,             /* certificates of authorities last 20 years */
    KARTO_DOCTOR_CERTIFICATE_DAYS = 30,        /* before its end: time to get an invitation */
    KARTO_DOCTOR_SYNC_DAYS = 7,                /* without a synchronisation: a week on the road */
    KARTO_DOCTOR_UNSENT_DAYS = 2,              /* for which a change is on this disk alone */
    KARTO_DOCTOR_REPAIRED_DAYS = 14,           /* a repair is told of for so long */
    KARTO_DOCTOR_DISK_FULL = 4 * 1024 * 1024,  /* bytes free, fewer of which do not take one import */
    KARTO_DOCTOR_DISK_LOW = 100 * 1024 * 1024, /* bytes free that should always be; or as many as the store has, which
                                                  a backup beside it takes */
};

/* How long what a device made is taken although its record, or its rights, have gone elsewhere meanwhile. */
#define KARTO_LATE_MS_MAX (30 * 24 * 60 * 60 * 1000LL)

/* How often a hub makes its digests anew because a device says that they differ: it reads every record, and nobody may
 * make it do that all the time. */
#define KARTO_DIGEST_REBUILD_MS_MIN (24 * 60 * 60 * 1000LL)

#define KARTO_CLOCK_AHEAD_MS_MAX                                                                                       \
    (24 * 60 * 60 * 1000LL) /* a stamp further in the future moves no clock and wins no conflict */

#endif

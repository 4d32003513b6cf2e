/* proof.h - the proof, from the logs of stores alone, that nothing was lost or done twice. */
#ifndef KARTO_TESTS_CRASH_PROOF_H
#define KARTO_TESTS_CRASH_PROOF_H

#include <stddef.h>

/* Fails the test unless
 *   each line of the files acks, which edit.c wrote, is in the log of the hub in dir exactly once, applied, to the
 * byte; no dot is in the log twice; each register of each record holds exactly those values of the log that no other
 * change in it had seen. Files that are not there were not needed. Gives how many edits were acknowledged. */
size_t proof_of_hub(const char *dir, const char *const *acks, size_t ack_count);

/* Fails the test unless each line of acks, as far as that is written now, is in the log of the store in dir to the
 * byte: the one where the edit was made. May be asked at any time, also while others write. */
void proof_of_place(const char *dir, const char *acks);

#endif

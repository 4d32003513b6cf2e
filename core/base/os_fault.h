/* os_fault.h - the last words of a process that reads a damaged file. LMDB has no checksums, and follows numbers in its
 * file into memory that is not there; whoever asked should hear why the program ends. */
#ifndef KARTO_BASE_OS_FAULT_H
#define KARTO_BASE_OS_FAULT_H

#include <stdbool.h>

/* From now on, when memory is touched that is not there while a store's file is read, words go to standard error and
 * the process ends with this code. words are borrowed for as long as the process. Nothing in builds with a sanitizer,
 * which has words of its own. */
void karto_fault_watch(const char *words, int code);

/* This thread begins, or ends, to read a store's file; may be nested. */
void karto_fault_reading(bool begins);

#endif

#ifndef AMBASSADOR_CPROCESS_H
#define AMBASSADOR_CPROCESS_H

/* What the kernel handed to the program. It lives as long as the process; the count is 0 where there was nothing. */
int ambassador_argument_count(void);
const char *ambassador_argument(int position);

/* Has each of the signals write its number, one byte, into a pipe, whichever thread it interrupts.
   Returns the end to read from, or -1 with errno where there is no pipe or a signal cannot be caught. For one call. */
int ambassador_catch_signals(const int *signals, int count);

#endif

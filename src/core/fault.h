/* SPDX-License-Identifier: MIT */

/*
 * Points at which a test may stop a process, to see what its end, or
 * another one's, does at exactly that moment (t/faults).
 *
 * There is nothing of it in a program that people run: only the test build
 * (make faults) defines OAUTH2_FAULTS, and links t/faults/fault.c.
 */

#ifndef OAUTH2_FAULT_H
#define OAUTH2_FAULT_H

#ifdef OAUTH2_FAULTS

/* Waits here when a test asks for it; else returns at once. */
void oauth2_fault(const char *name);

#define OAUTH2_FAULT(name)  oauth2_fault(name)

#else

#define OAUTH2_FAULT(name)  ((void) 0)

#endif

#endif

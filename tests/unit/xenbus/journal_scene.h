/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests of restarts: one machine in shared memory, one journal, and servers one after another.
 */
#ifndef TESTS_UNIT_XENBUS_JOURNAL_SCENE_H
#define TESTS_UNIT_XENBUS_JOURNAL_SCENE_H

#include "fixture.h"

extern char journal_path[64];
extern struct machine *machine; /* outlives every server */

int journal_group_setup(void **state);
int journal_group_teardown(void **state);
/* Domains 0, 5 and 6 exist, there is no journal. */
int journal_machine_setup(void **state);

/* A server that takes up what the journal has. */
struct store *server_begin(void);
/* All rings and all output, once. */
void server_turn(struct store *store);
/* Ends it, peers included, without a word to the journal. */
void server_end(struct store *store);
void server_introduce(struct peer *dom0, uint16_t domid);

#endif

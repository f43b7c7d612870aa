/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of lam top: what is looked at (top_sample.c, top_devices.c), how a row looks (top_rows.c), the terminal's view
 * (top_screen.c). verb_top.c has the options and the lines of -b.
 */
#ifndef TOOLSTACK_CMD_TOP_H
#define TOOLSTACK_CMD_TOP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cmd/verb.h"

/* The columns of xentop. */
enum top_field {
	TOP_NAME, TOP_STATE, TOP_CPU_SECONDS, TOP_CPU_SHARE, TOP_MEM, TOP_MEM_SHARE, TOP_MAX, TOP_MAX_SHARE, TOP_VCPUS,
	TOP_NETS, TOP_NET_TX, TOP_NET_RX, TOP_VBDS, TOP_VBD_OO, TOP_VBD_RD, TOP_VBD_WR, TOP_VBD_RSECT, TOP_VBD_WSECT,
	TOP_SSID, TOP_FIELDS,
};

struct top_row {
	char name[DOMAIN_NAME_BYTES];
	char state[7];
	uint32_t flags;			/* CONTROL_INFO_* */
	double values[TOP_FIELDS];	/* of the columns that are numbers; infinite: no limit */
	char *details;			/* lines under it, or NULL */
};

struct top_before {
	uint64_t cpu_ns;
	double share;
};

struct blk_counter_file;
struct xs_handle;

struct top {
	bool batch, networks, vbds, vcpus, repeat, full;
	unsigned int delay;
	unsigned int iterations;	/* 0: until it is ended */
	int sort;			/* a top_field; TOP_FIELDS: by number of the domain */
	uint64_t last_ns;		/* when shares were taken last; 0: not yet */
	uint64_t now_ns;
	struct control_physinfo machine;
	struct top_before *before;	/* by domain id */
	struct top_row *rows;
	unsigned int count, room;
	struct xs_handle *store;	/* NULL: it does not answer */
	const struct blk_counter_file *counters;	/* NULL: lam-blkd keeps none yet */
};

/* --- top_rows.c: no I/O but printing --- */
/* The header's and a row's text, as wide as the columns need. Cut to @bytes. */
void top_format_header(char *text, size_t bytes);
void top_format_row(const struct top *top, const struct top_row *row, char *text, size_t bytes);
/* The place of a column in those texts. */
void top_column(int field, unsigned int *start, unsigned int *width);
/* Orders the rows by top->sort: names upwards, numbers downwards. */
void top_sort(struct top *top);
/* A row more, zeroed; NULL: no memory. top_clear() frees what rows hold. */
struct top_row *top_add_row(struct top *top);
void top_clear(struct top *top);

/* --- top_sample.c --- */
/* 0 or -errno with @error. */
int top_open(struct top *top, struct error *error);
void top_close(struct top *top);
/* Looks at all domains: new rows, sorted. A status. */
int top_sample(struct verb_context *context, struct top *top);

/* --- top_devices.c --- */
/* Fills a row's columns of devices; adds lines to @details, which may be NULL. */
void top_devices(struct top *top, uint16_t domid, struct top_row *row, FILE *details);
void top_devices_close(struct top *top);

/* --- top_screen.c --- */
struct top_terminal {
	FILE *in, *out;
	const char *type;		/* of terminfo */
	int (*sample)(void *arg);	/* fills the rows; a status */
	void *arg;
};
/* Shows and redraws until q, or as many tables as there are to be. A status, or -ENOTTY: the terminal's type is not known. */
int top_screen(struct top *top, const struct top_terminal *terminal);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of lam top as text, and their order.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/top.h"

static const struct {
	const char *title;
	int width;
	bool is_share;
} columns[TOP_FIELDS] = {
	[TOP_NAME] = { "NAME", 10, false },
	[TOP_STATE] = { "STATE", 6, false },
	[TOP_CPU_SECONDS] = { "CPU(sec)", 10, false },
	[TOP_CPU_SHARE] = { "CPU(%)", 6, true },
	[TOP_MEM] = { "MEM(k)", 10, false },
	[TOP_MEM_SHARE] = { "MEM(%)", 6, true },
	[TOP_MAX] = { "MAXMEM(k)", 10, false },
	[TOP_MAX_SHARE] = { "MAXMEM(%)", 9, true },
	[TOP_VCPUS] = { "VCPUS", 5, false },
	[TOP_NETS] = { "NETS", 4, false },
	[TOP_NET_TX] = { "NETTX(k)", 8, false },
	[TOP_NET_RX] = { "NETRX(k)", 8, false },
	[TOP_VBDS] = { "VBDS", 4, false },
	[TOP_VBD_OO] = { "VBD_OO", 8, false },
	[TOP_VBD_RD] = { "VBD_RD", 8, false },
	[TOP_VBD_WR] = { "VBD_WR", 8, false },
	[TOP_VBD_RSECT] = { "VBD_RSECT", 10, false },
	[TOP_VBD_WSECT] = { "VBD_WSECT", 10, false },
	[TOP_SSID] = { "SSID", 4, false },
};

void top_column(int field, unsigned int *start, unsigned int *width)
{
	int i;

	*start = 0;
	for (i = 0; i < field; i++) {
		*start += (unsigned int)columns[i].width + 1;
	}
	*width = (unsigned int)columns[field].width;
}

/* @used moves behind what was written, at most to the end. */
static void row_append(char *text, size_t bytes, size_t *used, const char *what, int width)
{
	int length = snprintf(text + *used, bytes - *used, "%s%*s", *used != 0 ? " " : "", width, what);

	*used += (size_t)length;
	if (*used >= bytes) {
		*used = bytes - 1;
	}
}

void top_format_header(char *text, size_t bytes)
{
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < TOP_FIELDS; i++) {
		row_append(text, bytes, &used, columns[i].title, columns[i].width);
	}
}

static void row_cell(const struct top *top, const struct top_row *row, int field, char cell[DOMAIN_NAME_BYTES])
{
	double value = row->values[field];

	if (field == TOP_NAME) {
		snprintf(cell, DOMAIN_NAME_BYTES, "%.*s", top->full ? DOMAIN_NAME_BYTES : columns[TOP_NAME].width, row->name);
	} else if (field == TOP_STATE) {
		snprintf(cell, DOMAIN_NAME_BYTES, "%s", row->state);
	} else if (isinf(value)) {
		snprintf(cell, DOMAIN_NAME_BYTES, "%s", columns[field].is_share ? "n/a" : "no limit");
	} else {
		snprintf(cell, DOMAIN_NAME_BYTES, "%.*f", columns[field].is_share ? 1 : 0, value);
	}
}

void top_format_row(const struct top *top, const struct top_row *row, char *text, size_t bytes)
{
	char cell[DOMAIN_NAME_BYTES];
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < TOP_FIELDS; i++) {
		row_cell(top, row, i, cell);
		row_append(text, bytes, &used, cell, columns[i].width);
	}
}

static int sort_field;

static int row_compare(const void *left, const void *right)
{
	const struct top_row *a = left, *b = right;

	if (sort_field == TOP_NAME) {
		return strcmp(a->name, b->name);
	}
	if (sort_field == TOP_STATE) {
		return strcmp(a->state, b->state);
	}
	return a->values[sort_field] > b->values[sort_field] ? -1 : a->values[sort_field] < b->values[sort_field];
}

void top_sort(struct top *top)
{
	sort_field = top->sort;
	if (sort_field < TOP_FIELDS && top->count > 1) {
		qsort(top->rows, top->count, sizeof(top->rows[0]), row_compare);
	}
}

struct top_row *top_add_row(struct top *top)
{
	struct top_row *row;

	if (top->count == top->room) {
		unsigned int room = top->room != 0 ? top->room * 2 : 16;

		row = realloc(top->rows, room * sizeof(*row));
		if (row == NULL) {
			return NULL;
		}
		top->rows = row;
		top->room = room;
	}
	row = &top->rows[top->count++];
	memset(row, 0, sizeof(*row));
	return row;
}

void top_clear(struct top *top)
{
	while (top->count != 0) {
		free(top->rows[--top->count].details);
	}
}

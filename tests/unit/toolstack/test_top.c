// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam top: the text of rows, their order, and the terminal's view with keys typed at the other end of a pseudo-terminal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/top.h"

#define SHOWN_BYTES (1 << 18)

static struct top top;
static unsigned int samples;

static struct top_row *row(const char *name, double share)
{
	struct top_row *r = top_add_row(&top);

	assert_non_null(r);
	strcpy(r->name, name);
	strcpy(r->state, "--b---");
	r->values[TOP_CPU_SHARE] = share;
	r->values[TOP_VBD_RD] = 123456;
	return r;
}

static void test_text(void **state)
{
	struct top_row *r;
	char text[512];
	unsigned int start, width;

	(void)state;
	top = (struct top){ .sort = TOP_FIELDS };
	top_format_header(text, sizeof(text));
	assert_string_equal(text, "      NAME  STATE   CPU(sec) CPU(%)     MEM(k) MEM(%)  MAXMEM(k) MAXMEM(%) VCPUS NETS NETTX(k) NETRX(k)"
				  " VBDS   VBD_OO   VBD_RD   VBD_WR  VBD_RSECT  VBD_WSECT SSID");
	r = row("a-name-that-is-long", 12.34);
	r->values[TOP_MAX] = r->values[TOP_MAX_SHARE] = INFINITY;
	top_format_row(&top, r, text, sizeof(text));
	assert_string_equal(text, "a-name-tha --b---          0   12.3          0    0.0   no limit       n/a     0    0        0        0"
				  "    0        0   123456        0          0          0    0");
	top.full = true;
	top_format_row(&top, r, text, sizeof(text));
	assert_int_equal(strncmp(text, "a-name-that-is-long --b---", 26), 0);
	top_format_row(&top, r, text, 12);
	assert_string_equal(text, "a-name-that");
	top_column(TOP_CPU_SHARE, &start, &width);
	assert_int_equal(start, 29);
	assert_int_equal(width, 6);
	top_clear(&top);
	free(top.rows);
}

static void test_order(void **state)
{
	(void)state;
	top = (struct top){ .sort = TOP_FIELDS };
	row("b", 1);
	row("c", 3);
	row("a", 2);
	top_sort(&top);
	assert_string_equal(top.rows[0].name, "b");
	top.sort = TOP_NAME;
	top_sort(&top);
	assert_string_equal(top.rows[0].name, "a");
	top.sort = TOP_CPU_SHARE;
	top_sort(&top);
	assert_string_equal(top.rows[0].name, "c");
	assert_string_equal(top.rows[2].name, "b");
	top_clear(&top);
	free(top.rows);
}

/* --- the view --- */

static int sample(void *arg)
{
	char name[16];
	unsigned int i;

	(void)arg;
	samples++;
	top_clear(&top);
	for (i = 0; i < 40; i++) {
		struct top_row *r;

		snprintf(name, sizeof(name), "web%u", i);
		r = row(name, i);
		r->flags = CONTROL_INFO_BLOCKED;
		r->details = top.networks ? strdup("Net0 RX: a line\nVBD another\n") : NULL;
	}
	top_sort(&top);
	return VERB_DONE;
}

struct far_end {
	int fd;
	char *shown;
	size_t used;
};

static void *drain(void *arg)
{
	struct far_end *end = arg;
	ssize_t got;

	while (end->used < SHOWN_BYTES - 1 && (got = read(end->fd, end->shown + end->used, SHOWN_BYTES - 1 - end->used)) > 0) {
		end->used += (size_t)got;
	}
	end->shown[end->used] = '\0';
	return NULL;
}

/* What the terminal got when @keys are typed; NULL: terminals are not described here. */
static char *view(const char *keys, int lines, int columns)
{
	struct winsize size = { .ws_row = (unsigned short)lines, .ws_col = (unsigned short)columns };
	struct top_terminal terminal = { .type = "vt100", .sample = sample };
	struct far_end end = { .fd = posix_openpt(O_RDWR | O_NOCTTY), .shown = calloc(1, SHOWN_BYTES) };
	pthread_t thread;
	int near, status;

	assert_non_null(end.shown);
	assert_true(end.fd >= 0 && grantpt(end.fd) == 0 && unlockpt(end.fd) == 0);
	near = open(ptsname(end.fd), O_RDWR | O_NOCTTY);
	assert_true(near >= 0 && ioctl(near, TIOCSWINSZ, &size) == 0);
	terminal.in = fdopen(near, "r");
	terminal.out = fdopen(dup(near), "w");
	pthread_create(&thread, NULL, drain, &end);
	assert_int_equal(write(end.fd, keys, strlen(keys)), (ssize_t)strlen(keys));
	top = (struct top){ .sort = TOP_FIELDS, .delay = 1, .iterations = 2 };
	samples = 0;
	status = top_screen(&top, &terminal);
	fclose(terminal.in);
	fclose(terminal.out);
	pthread_join(thread, NULL);
	close(end.fd);
	top_clear(&top);
	free(top.rows);
	if (status == -ENOTTY) {
		free(end.shown);
		return NULL;
	}
	assert_int_equal(status, VERB_DONE);
	return end.shown;
}

static void shows(const char *shown, const char *text)
{
	if (strstr(shown, text) == NULL) {
		fail_msg("'%s' is not in: %s", text, shown);
	}
}

static void test_view(void **state)
{
	char *shown = view("q", 24, 200);

	(void)state;
	if (shown == NULL) {
		skip();
	}
	shows(shown, "lam top - ");
	shows(shown, "40 domains: 0 running, 40 blocked, 0 paused");
	shows(shown, "VBD_WSECT SSID");
	shows(shown, "web0 --b---");
	shows(shown, "web18 --b---");
	assert_null(strstr(shown, "web19"));
	shows(shown, "Repeat header");
	assert_int_equal(samples, 1);
	free(shown);
}

static void test_keys(void **state)
{
	char *shown = view("d17\nnvxrrs\033OB\033OBq", 24, 120);

	(void)state;
	if (shown == NULL) {
		skip();
	}
	assert_int_equal(top.delay, 17);
	assert_true(top.networks && top.vcpus && top.vbds && !top.repeat);
	assert_int_equal(top.sort, TOP_NAME);
	free(shown);
	/* A key that wants other rows gets them at once; the view ends by its own at the last table. */
	shown = view("n", 24, 120);
	assert_true(samples >= 2);
	shows(shown, "Net0 RX: a line");
	free(shown);
}

/* Terminals of odd sizes are drawn on, too. */
static void test_sizes(void **state)
{
	static const int sizes[][2] = { { 1, 1 }, { 2, 10 }, { 5, 30 }, { 200, 400 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *shown = view("snr\033OC\033OC\033OD\033[6~\033[5~d999999999\177\033q", sizes[i][0], sizes[i][1]);

		if (shown == NULL) {
			skip();
		}
		free(shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text), cmocka_unit_test(test_order), cmocka_unit_test(test_view),
		cmocka_unit_test(test_keys), cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

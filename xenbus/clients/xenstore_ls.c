// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree as text. One node per line, indented by depth, cut to the width of the terminal; with
 * -p a leader of dots and the permissions; with -f whole paths and whole values instead.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "xenbus/clients/xenstore_command.h"

#define LS_WIDTH 80
#define LS_PERMS_COLUMN 60
/* What a line needs beside name and value: ' = "', '"', and room to say that it was cut. */
#define LS_FRAME 8

struct ls {
	struct xenstore_call *call;
	int width; /* 0: unlimited */
};

static int ls_terminal_width(void)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > LS_FRAME + 2) {
		return size.ws_col - 2;
	}
	return LS_WIDTH;
}

static void ls_print_perms(const struct ls *ls, const char *path)
{
	char text[MAX_STRLEN(unsigned int) + 1];
	unsigned int count, i;
	struct xs_permissions *perms = xs_get_permissions(ls->call->h, XBT_NULL, path, &count);

	if (perms == NULL) {
		fflush(stdout);
		xenstore_fail(ls->call, "could not access permissions for %s", path);
		return;
	}
	fputs("  (", stdout);
	for (i = 0; i < count; i++) {
		xs_perm_to_string(&perms[i], text, sizeof(text));
		printf("%s%s", i != 0 ? "," : "", text);
	}
	putchar(')');
	free(perms);
}

/* The value after a name that took @column columns. */
static void ls_print_value(const struct ls *ls, const char *value, int column)
{
	int length = (int)strlen(value);
	int limit = ls->width < LS_PERMS_COLUMN ? ls->width : LS_PERMS_COLUMN;

	if (ls->width != 0 && column + length + LS_FRAME > ls->width) {
		int room = ls->width - LS_FRAME - column;

		printf(" = \"%.*s\\...\"", room > 0 ? room : 0, value);
		return;
	}
	column += printf(" = \"%s\"", value);
	if (!ls->call->has_prefix) {
		return;
	}
	putchar(' ');
	for (column++; column < limit; column++) {
		putchar(column % 2 != 0 ? '.' : ' ');
	}
}

static int ls_print_name(const struct ls *ls, const char *path, const char *name, int depth)
{
	int room = ls->width - LS_FRAME - depth;

	if (ls->width == 0) {
		return printf("%s", path);
	}
	return printf("%*s%.*s", depth, "", room > 0 ? room : 0, name);
}

static void ls_print_node(const struct ls *ls, const char *path, const char *name, int depth)
{
	unsigned int bytes;
	char *value = xs_read(ls->call->h, XBT_NULL, path, &bytes);
	char *text = value != NULL ? xenstore_escape(value, bytes) : NULL;
	int column = ls_print_name(ls, path, name, depth);

	if (text == NULL) {
		puts(":");
	} else {
		ls_print_value(ls, text, column);
	}
	if (ls->call->has_prefix) {
		ls_print_perms(ls, path);
	}
	if (text != NULL) {
		putchar('\n');
	}
	free(text);
	free(value);
}

/* As deep as the tree: a path has at most 1536 components. */
static int ls_print_children(const struct ls *ls, const char *path, int depth)
{
	unsigned int count, i;
	char **names = xs_directory(ls->call->h, XBT_NULL, path, &count);
	const char *slash = path[strlen(path) - 1] == '/' ? "" : "/";
	int rc = 0;

	if (names == NULL) {
		if (depth != 0 && errno == ENOENT) {
			return 0; /* it went away meanwhile */
		}
		return xenstore_fail(ls->call, "xs_directory (%s): %s", path, strerror(errno));
	}
	for (i = 0; i < count && rc == 0; i++) {
		char *child;

		if (asprintf(&child, "%s%s%s", path, slash, names[i]) < 0) {
			rc = xenstore_fail(ls->call, "no memory");
			break;
		}
		ls_print_node(ls, child, names[i], depth);
		rc = ls_print_children(ls, child, depth + 1);
		free(child);
	}
	free(names);
	return rc;
}

int xenstore_ls(struct xenstore_call *call)
{
	struct ls ls = { .call = call };
	int rc = 0;
	int i;

	ls.width = call->is_full_path ? 0 : ls_terminal_width();
	if (call->argc == 0) {
		return ls_print_children(&ls, "/", 0);
	}
	for (i = 0; i < call->argc && rc == 0; i++) {
		if (call->argv[i][0] == '\0') {
			errno = EINVAL;
			return xenstore_fail(call, "xs_directory (): %s", strerror(errno));
		}
		rc = ls_print_children(&ls, call->argv[i], 0);
	}
	return rc;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The requests. Strings travel with their NULs, values without.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus/client/xenstore_internal.h"

static struct xsd_sockmsg xs_header(uint32_t type, xs_transaction_t t)
{
	return (struct xsd_sockmsg){ .type = type, .tx_id = t };
}

static struct iovec xs_string(const char *string)
{
	return (struct iovec){ .iov_base = (char *)string, .iov_len = strlen(string) + 1 };
}

/* A request of one string. */
static void *xs_single(struct xs_handle *h, const struct xsd_sockmsg *header, const char *string,
		       unsigned int *bytes)
{
	struct iovec part = xs_string(string);

	return xs_talk(h, header, &part, 1, bytes);
}

/* For requests whose reply says nothing but "done". */
static bool xs_done(char *reply)
{
	free(reply);
	return reply != NULL;
}

/* An array of pointers and the strings they point to, in one block. */
static char **xs_make_array(const char *strings, unsigned int bytes, unsigned int *num)
{
	unsigned int count = xs_count_strings(strings, bytes);
	char **array = malloc(count * sizeof(char *) + bytes + 1);
	char *at;
	unsigned int i;

	if (array == NULL) {
		return NULL;
	}
	at = (char *)&array[count];
	memcpy(at, strings, bytes);
	at[bytes] = '\0';
	for (i = 0; i < count; i++) {
		array[i] = at;
		at += strlen(at) + 1;
	}
	*num = count;
	return array;
}

struct xs_parts {
	char *names;
	unsigned int bytes;
	char generation[24];
};

/* Gets the next part of a long directory: 1 more to come, 0 all there, -1 errno. */
static int xs_get_part(struct xs_handle *h, xs_transaction_t t, const char *path,
		       struct xs_parts *parts)
{
	struct xsd_sockmsg header = xs_header(XS_DIRECTORY_PART, t);
	char offset[MAX_STRLEN(unsigned int)];
	struct iovec strings[2] = { xs_string(path), { offset, 0 } };
	unsigned int bytes, head;
	char *reply, *grown;
	bool is_last;

	strings[1].iov_len = (size_t)snprintf(offset, sizeof(offset), "%u", parts->bytes) + 1;
	reply = xs_talk(h, &header, strings, 2, &bytes);
	if (reply == NULL) {
		return -1;
	}
	head = (unsigned int)strlen(reply) + 1;
	if (head > bytes || head > sizeof(parts->generation)) {
		free(reply);
		errno = EIO;
		return -1;
	}
	/* Another generation: what was collected is stale, begin again. */
	if (parts->bytes != 0 && strcmp(parts->generation, reply) != 0) {
		parts->bytes = 0;
		free(reply);
		return 1;
	}
	memcpy(parts->generation, reply, head);
	is_last = bytes == head || (reply[bytes - 1] == '\0' &&
				    (bytes - head == 1 || reply[bytes - 2] == '\0'));
	bytes -= head + (is_last && bytes != head ? 1 : 0);
	grown = realloc(parts->names, parts->bytes + bytes + 1);
	if (grown != NULL) {
		memcpy(grown + parts->bytes, reply + head, bytes);
		parts->names = grown;
		parts->bytes += bytes;
	}
	free(reply);
	return grown == NULL ? -1 : !is_last;
}

static char **xs_directory_in_parts(struct xs_handle *h, xs_transaction_t t, const char *path,
				    unsigned int *num)
{
	struct xs_parts parts = { 0 };
	char **array = NULL;
	int more = 1;

	while (more > 0) {
		more = xs_get_part(h, t, path, &parts);
	}
	if (more == 0) {
		array = xs_make_array(parts.names, parts.bytes, num);
	}
	free(parts.names);
	return array;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
	struct xsd_sockmsg header = xs_header(XS_DIRECTORY, t);
	unsigned int bytes;
	char *reply = xs_single(h, &header, path, &bytes);
	char **array;

	if (reply == NULL) {
		return errno == E2BIG ? xs_directory_in_parts(h, t, path, num) : NULL;
	}
	array = xs_make_array(reply, bytes, num);
	free(reply);
	return array;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	struct xsd_sockmsg header = xs_header(XS_READ, t);

	return xs_single(h, &header, path, len);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
	      unsigned int len)
{
	struct xsd_sockmsg header = xs_header(XS_WRITE, t);
	struct iovec parts[2] = { xs_string(path), { (void *)data, len } };

	return xs_done(xs_talk(h, &header, parts, 2, NULL));
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	struct xsd_sockmsg header = xs_header(XS_MKDIR, t);

	return xs_done(xs_single(h, &header, path, NULL));
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	struct xsd_sockmsg header = xs_header(XS_RM, t);

	return xs_done(xs_single(h, &header, path, NULL));
}

bool xs_restrict(struct xs_handle *h, unsigned int domid)
{
	(void)h;
	(void)domid;
	errno = ENOSYS;
	return false;
}

struct xs_permissions *xs_get_permissions(struct xs_handle *h, xs_transaction_t t,
					  const char *path, unsigned int *num)
{
	struct xsd_sockmsg header = xs_header(XS_GET_PERMS, t);
	struct xs_permissions *perms;
	unsigned int bytes;
	char *reply = xs_single(h, &header, path, &bytes);

	if (reply == NULL) {
		return NULL;
	}
	*num = xs_count_strings(reply, bytes);
	perms = calloc(*num != 0 ? *num : 1, sizeof(*perms));
	if (perms != NULL && !xs_strings_to_perms(perms, *num, reply)) {
		free(perms);
		perms = NULL;
		errno = EIO;
	}
	free(reply);
	return perms;
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
			struct xs_permissions *perms, unsigned int num_perms)
{
	struct xsd_sockmsg header = xs_header(XS_SET_PERMS, t);
	char text[XENSTORE_PAYLOAD_MAX];
	struct iovec parts[2] = { xs_string(path), { text, 0 } };
	unsigned int i;

	for (i = 0; i < num_perms; i++) {
		char *at = text + parts[1].iov_len;

		if (!xs_perm_to_string(&perms[i], at, sizeof(text) - parts[1].iov_len)) {
			return false;
		}
		parts[1].iov_len += strlen(at) + 1;
	}
	return xs_done(xs_talk(h, &header, parts, 2, NULL));
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	struct xsd_sockmsg header = xs_header(XS_TRANSACTION_START, XBT_NULL);
	char *reply = xs_single(h, &header, "", NULL);
	xs_transaction_t t;

	if (reply == NULL) {
		return XBT_NULL;
	}
	t = (xs_transaction_t)strtoul(reply, NULL, 10);
	free(reply);
	return t;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
	struct xsd_sockmsg header = xs_header(XS_TRANSACTION_END, t);

	return xs_done(xs_single(h, &header, abort ? "F" : "T", NULL));
}

/* A request of @count decimal numbers. */
static char *xs_numbers(struct xs_handle *h, uint32_t type, unsigned int count, ...)
{
	struct xsd_sockmsg header = xs_header(type, XBT_NULL);
	char text[3][MAX_STRLEN(unsigned long)];
	struct iovec parts[3];
	unsigned int i;
	va_list args;

	va_start(args, count);
	for (i = 0; i < count; i++) {
		snprintf(text[i], sizeof(text[i]), "%lu", va_arg(args, unsigned long));
		parts[i] = xs_string(text[i]);
	}
	va_end(args);
	return xs_talk(h, &header, parts, count, NULL);
}

bool xs_introduce_domain(struct xs_handle *h, unsigned int domid, unsigned long mfn,
			 unsigned int eventchn)
{
	return xs_done(xs_numbers(h, XS_INTRODUCE, 3, (unsigned long)domid, mfn,
				  (unsigned long)eventchn));
}

bool xs_set_target(struct xs_handle *h, unsigned int domid, unsigned int target)
{
	return xs_done(xs_numbers(h, XS_SET_TARGET, 2, (unsigned long)domid,
				  (unsigned long)target));
}

bool xs_resume_domain(struct xs_handle *h, unsigned int domid)
{
	return xs_done(xs_numbers(h, XS_RESUME, 1, (unsigned long)domid));
}

bool xs_release_domain(struct xs_handle *h, unsigned int domid)
{
	return xs_done(xs_numbers(h, XS_RELEASE, 1, (unsigned long)domid));
}

char *xs_get_domain_path(struct xs_handle *h, unsigned int domid)
{
	return xs_numbers(h, XS_GET_DOMAIN_PATH, 1, (unsigned long)domid);
}

bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid)
{
	char *reply = xs_numbers(h, XS_IS_DOMAIN_INTRODUCED, 1, (unsigned long)domid);
	bool is_introduced = reply != NULL && strcmp(reply, "T") == 0;

	free(reply);
	return is_introduced;
}

char *xs_control_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len)
{
	struct xsd_sockmsg header = xs_header(XS_CONTROL, XBT_NULL);
	struct iovec parts[2] = { xs_string(cmd), { data, len } };

	return xs_talk(h, &header, parts, 2, NULL);
}

char *xs_debug_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len)
{
	return xs_control_command(h, cmd, data, len);
}

int xs_suspend_evtchn_port(int domid)
{
	char path[80];
	struct xs_handle *h = xs_open(0);
	char *text = NULL;
	int port = -1;

	if (h == NULL) {
		return -1;
	}
	snprintf(path, sizeof(path), "/local/domain/%d/device/suspend/event-channel", domid);
	text = xs_read(h, XBT_NULL, path, NULL);
	if (text != NULL && text[0] >= '0' && text[0] <= '9') {
		port = atoi(text);
	}
	free(text);
	xs_close(h);
	return port;
}

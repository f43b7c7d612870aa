/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The store's client library: names, types and meanings are those that programs written for
 * xenstore.h know, so that they build against it unchanged.
 *
 * A function that fails returns NULL or false and sets errno. What is returned as a pointer is one
 * malloc'ed block: free() it. A handle may be used by several threads at once.
 *
 * xs_batch_*() is an addition: many changes in one write to the daemon and one wait.
 */
#ifndef XENBUS_CLIENT_XENSTORE_H
#define XENBUS_CLIENT_XENSTORE_H

#include <public/io_xenstore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XBT_NULL 0

/* Accepted and without effect. */
#define XS_OPEN_READONLY (1UL << 0)
/* The daemon's socket or nothing: do not fall back to the kernel's device. */
#define XS_OPEN_SOCKETONLY (1UL << 1)
/* After xs_unwatch() no event with that token and path is delivered. */
#define XS_UNWATCH_FILTER (1UL << 2)

struct xs_handle;
struct xs_batch;
typedef uint32_t xs_transaction_t;

struct xs_permissions {
	unsigned int id;
	unsigned int perms;
#define XS_PERM_NONE 0x00
#define XS_PERM_READ 0x01
#define XS_PERM_WRITE 0x02
};

/* Room for any decimal number of type x and its end. */
#define MAX_STRLEN(x) ((sizeof(x) * 8 + 7) / 10 * 3 + 2)

/* The daemon's socket, else /dev/xen/xenbus. NULL with errno of the last try. */
struct xs_handle *xs_open(unsigned long flags);
void xs_close(struct xs_handle *h);
/* Older names of the two. */
struct xs_handle *xs_daemon_open(void);
struct xs_handle *xs_domain_open(void);
struct xs_handle *xs_daemon_open_readonly(void);
void xs_daemon_close(struct xs_handle *h);
/* In a child after fork(): gives the handle up without a word to the daemon. */
void xs_daemon_destroy_postfork(struct xs_handle *h);

/* The names of the children; *num of them. */
char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num);
/* The value, with a NUL after its *len bytes. */
void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len);
bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
	      unsigned int len);
/* True also when it existed. */
bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path);
bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path);
/* Always false: clients cannot be restricted. */
bool xs_restrict(struct xs_handle *h, unsigned int domid);
/* The first entry is the owner and what others may do. */
struct xs_permissions *xs_get_permissions(struct xs_handle *h, xs_transaction_t t,
					  const char *path, unsigned int *num);
bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
			struct xs_permissions *perms, unsigned int num_perms);

/* One event comes at once, further ones when the node or one below it changes. */
bool xs_watch(struct xs_handle *h, const char *path, const char *token);
bool xs_unwatch(struct xs_handle *h, const char *path, const char *token);
/* Readable when xs_check_watch() may have something. */
int xs_fileno(struct xs_handle *h);
/* The next event, indexed by XS_WATCH_PATH and XS_WATCH_TOKEN; NULL and EAGAIN when none waits. */
char **xs_check_watch(struct xs_handle *h);
/* The same, waiting for one. */
char **xs_read_watch(struct xs_handle *h, unsigned int *num);

xs_transaction_t xs_transaction_start(struct xs_handle *h);
/* False with EAGAIN: others changed what was read; start again. */
bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort);

bool xs_introduce_domain(struct xs_handle *h, unsigned int domid, unsigned long mfn,
			 unsigned int eventchn);
bool xs_set_target(struct xs_handle *h, unsigned int domid, unsigned int target);
bool xs_resume_domain(struct xs_handle *h, unsigned int domid);
bool xs_release_domain(struct xs_handle *h, unsigned int domid);
char *xs_get_domain_path(struct xs_handle *h, unsigned int domid);
bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid);
char *xs_control_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len);
char *xs_debug_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len);
/* The port that a guest offers for suspend requests, or -1. */
int xs_suspend_evtchn_port(int domid);

/* Is @child @parent itself or below it? By their text: both absolute or both relative. */
bool xs_path_is_subpath(const char *parent, const char *child);
bool xs_strings_to_perms(struct xs_permissions *perms, unsigned int num, const char *strings);
bool xs_perm_to_string(const struct xs_permissions *perm, char *buffer, size_t buf_len);
unsigned int xs_count_strings(const char *strings, unsigned int len);
bool xs_write_all(int fd, const void *data, unsigned int len);
const char *xs_daemon_rundir(void);
const char *xs_daemon_socket(void);
const char *xs_daemon_socket_ro(void);

/*
 * Collects changes inside transaction @t (or XBT_NULL: each stands alone) and sends them together.
 * The first three functions only collect; they fail for want of memory or for a request longer
 * than the protocol allows, and the batch then fails as a whole in xs_batch_run().
 */
struct xs_batch *xs_batch_create(struct xs_handle *h, xs_transaction_t t);
void xs_batch_write(struct xs_batch *batch, const char *path, const void *data, unsigned int len);
void xs_batch_mkdir(struct xs_batch *batch, const char *path);
void xs_batch_rm(struct xs_batch *batch, const char *path);
void xs_batch_set_permissions(struct xs_batch *batch, const char *path,
			      const struct xs_permissions *perms, unsigned int num_perms);
/*
 * Sends all, waits for all answers, frees the batch. False when any was refused: errno is the
 * first refusal's and *@failed (may be NULL) how many went before it.
 */
bool xs_batch_run(struct xs_batch *batch, unsigned int *failed);

#endif

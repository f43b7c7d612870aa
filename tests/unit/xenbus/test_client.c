// SPDX-License-Identifier: GPL-2.0-only
/*
 * The client library against the daemon over a real socket; the daemon runs in a child process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "toolstack/sys/error.h"
#include "xenbus/client/xenstore.h"
#include "xenbus/daemon.h"

static char folder[] = "/tmp/test-xenstore-XXXXXX";
static char socket_path[64];
static pid_t daemon_pid;

static void serve(int ready)
{
	struct daemon_options options = { .socket_path = socket_path };
	struct daemon *daemon;
	struct error error;

	quota_set_defaults(&options.quota);
	if (daemon_create(&options, &daemon, &error) < 0) {
		error_print("test", &error);
		_exit(1);
	}
	if (write(ready, "", 1) != 1) {
		_exit(1);
	}
	daemon_run(daemon);
	daemon_destroy(daemon);
	exit(0); /* with the leak check */
}

static int daemon_setup(void **state)
{
	int ready[2];
	char byte;

	(void)state;
	if (mkdtemp(folder) == NULL || pipe(ready) < 0) {
		return -1;
	}
	snprintf(socket_path, sizeof(socket_path), "%s/socket", folder);
	setenv("XENSTORED_PATH", socket_path, 1);
	daemon_pid = fork();
	if (daemon_pid == 0) {
		serve(ready[1]);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1) {
		return -1;
	}
	close(ready[0]);
	return 0;
}

static int daemon_teardown(void **state)
{
	int status;

	(void)state;
	/* The last test has asked it to end. */
	waitpid(daemon_pid, &status, 0);
	rmdir(folder);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static void test_basics(void **state)
{
	struct xs_handle *h = xs_open(0);
	struct xs_permissions perms[2] = { { 0, XS_PERM_NONE }, { 5, XS_PERM_READ } };
	struct xs_permissions *got;
	unsigned int count, length;
	char **names;
	char *value;

	(void)state;
	assert_non_null(h);
	assert_true(xs_write(h, XBT_NULL, "/c/one", "1\0002", 3));
	value = xs_read(h, XBT_NULL, "/c/one", &length);
	assert_int_equal(length, 3);
	assert_memory_equal(value, "1\0002", 4);
	free(value);
	assert_null(xs_read(h, XBT_NULL, "/c/none", &length));
	assert_int_equal(errno, ENOENT);
	assert_true(xs_mkdir(h, XBT_NULL, "/c/two"));
	names = xs_directory(h, XBT_NULL, "/c", &count);
	assert_int_equal(count, 2);
	assert_string_equal(names[0], "one");
	assert_string_equal(names[1], "two");
	free(names);
	names = xs_directory(h, XBT_NULL, "/c/two", &count);
	assert_non_null(names);
	assert_int_equal(count, 0);
	free(names);
	assert_true(xs_set_permissions(h, XBT_NULL, "/c/two", perms, 2));
	got = xs_get_permissions(h, XBT_NULL, "/c/two", &count);
	assert_int_equal(count, 2);
	assert_int_equal(got[1].id, 5);
	assert_int_equal(got[1].perms, XS_PERM_READ);
	free(got);
	value = xs_get_domain_path(h, 7);
	assert_string_equal(value, "/local/domain/7");
	free(value);
	assert_true(xs_is_domain_introduced(h, 0));
	assert_false(xs_is_domain_introduced(h, 7));
	assert_false(xs_introduce_domain(h, 7, 1, 1));
	assert_int_equal(errno, ENOSYS);
	value = xs_control_command(h, "check", NULL, 0);
	assert_string_equal(value, "OK");
	free(value);
	assert_true(xs_rm(h, XBT_NULL, "/c"));
	assert_false(xs_rm(h, XBT_NULL, "/c/one"));
	xs_close(h);
	xs_close(NULL);
}

static void test_long_directory(void **state)
{
	struct xs_handle *h = xs_open(0);
	struct xs_batch *batch = xs_batch_create(h, XBT_NULL);
	char path[64];
	unsigned int count, i;
	char **names;

	(void)state;
	for (i = 0; i < 3000; i++) {
		snprintf(path, sizeof(path), "/long/entry-number-%04u", i);
		xs_batch_write(batch, path, "x", 1);
	}
	assert_true(xs_batch_run(batch, NULL));
	names = xs_directory(h, XBT_NULL, "/long", &count);
	assert_non_null(names);
	assert_int_equal(count, 3000);
	for (i = 0; i < 3000; i++) {
		snprintf(path, sizeof(path), "entry-number-%04u", i);
		assert_string_equal(names[i], path);
	}
	free(names);
	xs_close(h);
}

static void test_watches(void **state)
{
	struct xs_handle *h = xs_open(XS_UNWATCH_FILTER);
	struct pollfd ready = { .events = POLLIN };
	unsigned int count;
	char **event;

	(void)state;
	ready.fd = xs_fileno(h);
	assert_true(ready.fd >= 0);
	assert_null(xs_check_watch(h));
	assert_int_equal(errno, EAGAIN);
	assert_true(xs_watch(h, "/w", "token"));
	/* The event came while the reply was waited for: the descriptor must say so. */
	assert_true(xs_mkdir(h, XBT_NULL, "/other"));
	assert_int_equal(poll(&ready, 1, 1000), 1);
	event = xs_check_watch(h);
	assert_non_null(event);
	assert_string_equal(event[XS_WATCH_PATH], "/w");
	assert_string_equal(event[XS_WATCH_TOKEN], "token");
	free(event);
	assert_null(xs_check_watch(h));
	assert_int_equal(poll(&ready, 1, 0), 0);
	assert_true(xs_write(h, XBT_NULL, "/w/x", "1", 1));
	event = xs_read_watch(h, &count);
	assert_int_equal(count, 2);
	assert_string_equal(event[XS_WATCH_PATH], "/w/x");
	free(event);
	assert_true(xs_write(h, XBT_NULL, "/w/x", "2", 1));
	assert_true(xs_unwatch(h, "/w", "token"));
	assert_null(xs_check_watch(h));
	assert_false(xs_unwatch(h, "/w", "token"));
	assert_int_equal(errno, ENOENT);
	xs_close(h);
}

static void test_transactions(void **state)
{
	struct xs_handle *h = xs_open(0);
	struct xs_handle *other = xs_open(0);
	xs_transaction_t t = xs_transaction_start(h);
	struct xs_batch *batch;
	struct xs_permissions perms = { 3, XS_PERM_READ };
	unsigned int failed;
	char *value;

	(void)state;
	assert_int_not_equal(t, XBT_NULL);
	batch = xs_batch_create(h, t);
	xs_batch_mkdir(batch, "/t/dir");
	xs_batch_write(batch, "/t/a", "1", 1);
	xs_batch_set_permissions(batch, "/t/a", &perms, 1);
	xs_batch_rm(batch, "/t/none");
	assert_true(xs_batch_run(batch, &failed));
	assert_int_equal(failed, 4);
	assert_null(xs_read(other, XBT_NULL, "/t/a", NULL));
	assert_true(xs_transaction_end(h, t, false));
	value = xs_read(other, XBT_NULL, "/t/a", NULL);
	assert_string_equal(value, "1");
	free(value);
	batch = xs_batch_create(h, XBT_NULL);
	xs_batch_write(batch, "/t/b", "1", 1);
	xs_batch_write(batch, "/t//b", "1", 1);
	xs_batch_write(batch, "/t/c", "1", 1);
	assert_false(xs_batch_run(batch, &failed));
	assert_int_equal(errno, EINVAL);
	assert_int_equal(failed, 1);
	t = xs_transaction_start(h);
	free(xs_read(h, t, "/t/a", NULL));
	assert_true(xs_write(other, XBT_NULL, "/t/a", "2", 1));
	assert_false(xs_transaction_end(h, t, false));
	assert_int_equal(errno, EAGAIN);
	xs_close(h);
	xs_close(other);
}

static void *thread_main(void *arg)
{
	struct xs_handle *h = arg;
	char path[64], text[16];
	long bad = 0;
	int i;

	for (i = 0; i < 300; i++) {
		char *value;

		snprintf(path, sizeof(path), "/threads/%lx/%d", (unsigned long)pthread_self(), i);
		snprintf(text, sizeof(text), "%d", i);
		bad += !xs_write(h, XBT_NULL, path, text, (unsigned int)strlen(text));
		value = xs_read(h, XBT_NULL, path, NULL);
		bad += value == NULL || strcmp(value, text) != 0;
		free(value);
	}
	return (void *)bad;
}

/* Several threads on one handle, one of them waiting for an event all the while. */
static void *watcher_main(void *arg)
{
	unsigned int count, events = 0;

	while (events < 2) {
		char **event = xs_read_watch(arg, &count);

		events += event != NULL && strcmp(event[XS_WATCH_TOKEN], "end") == 0;
		free(event);
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct xs_handle *h = xs_open(0);
	pthread_t threads[4], watcher;
	void *bad;
	int i;

	(void)state;
	assert_true(xs_watch(h, "/end", "end"));
	pthread_create(&watcher, NULL, watcher_main, h);
	for (i = 0; i < 4; i++) {
		pthread_create(&threads[i], NULL, thread_main, h);
	}
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], &bad);
		assert_null(bad);
	}
	assert_true(xs_write(h, XBT_NULL, "/end", "", 0));
	pthread_join(watcher, NULL);
	xs_close(h);
}

static void test_text(void **state)
{
	struct xs_permissions perms[3];
	char text[16];

	(void)state;
	assert_true(xs_path_is_subpath("/a", "/a"));
	assert_true(xs_path_is_subpath("/a", "/a/b"));
	assert_false(xs_path_is_subpath("/a", "/ab"));
	assert_false(xs_path_is_subpath("/a/b", "/a"));
	assert_true(xs_path_is_subpath("/", "/a"));
	assert_false(xs_path_is_subpath("a", "/a"));
	assert_true(xs_strings_to_perms(perms, 3, "n0\0r5\0b700"));
	assert_int_equal(perms[2].id, 700);
	assert_int_equal(perms[2].perms, XS_PERM_READ | XS_PERM_WRITE);
	assert_false(xs_strings_to_perms(perms, 1, "q1"));
	assert_false(xs_strings_to_perms(perms, 1, "r"));
	assert_true(xs_perm_to_string(&perms[2], text, sizeof(text)));
	assert_string_equal(text, "b700");
	assert_false(xs_perm_to_string(&perms[2], text, 4));
	assert_int_equal(xs_count_strings("a\0b\0", 4), 2);
}

/* The daemon goes away: calls fail, none hangs. */
static void test_lost_daemon(void **state)
{
	struct xs_handle *h = xs_open(0);

	(void)state;
	kill(daemon_pid, SIGTERM);
	while (xs_write(h, XBT_NULL, "/x", "1", 1)) {
	}
	assert_true(errno == EPIPE || errno == ECONNRESET);
	assert_null(xs_check_watch(h));
	xs_close(h);
	assert_null(xs_open(XS_OPEN_SOCKETONLY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basics),	     cmocka_unit_test(test_long_directory),
		cmocka_unit_test(test_watches),	     cmocka_unit_test(test_transactions),
		cmocka_unit_test(test_threads),	     cmocka_unit_test(test_text),
		cmocka_unit_test(test_lost_daemon),
	};

	return cmocka_run_group_tests(tests, daemon_setup, daemon_teardown);
}

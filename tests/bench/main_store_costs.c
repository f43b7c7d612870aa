// SPDX-License-Identifier: GPL-2.0-only
/*
 * store-costs DOOR PREFIX FOLDER: what operations on the store cost through DOOR, a socket of xenstored's or the device of the kernel that
 * passes requests on over its ring. Prints COST PREFIX-operation <ticks>, one request at a time and its answer, the mean of many; what
 * xenstored, kernels and the hypervisor do meanwhile counts. FOLDER is a path below which may be written.
 */
#include <fcntl.h>
#include <public/io_xenstore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define ROUNDS 200
#define VALUE "a value of a usual length"

static int door;
static char folder[128];

static uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) :: "memory");
	return (uint64_t)high << 32 | low;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void open_door(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;

	if (stat(path, &st) < 0) {
		die(path);
	}
	if (!S_ISSOCK(st.st_mode)) {
		door = open(path, O_RDWR);
	} else {
		snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
		door = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(door, (struct sockaddr *)&address, sizeof(address)) < 0) {
			die(path);
		}
	}
	if (door < 0) {
		die(path);
	}
}

static void take(void *to, size_t bytes)
{
	size_t have = 0;

	while (have < bytes) {
		ssize_t n = read(door, (char *)to + have, bytes - have);

		if (n <= 0) {
			die("read");
		}
		have += (size_t)n;
	}
}

/* One message; its payload goes to @payload of XENSTORE_PAYLOAD_MAX + 1 bytes. */
static struct xsd_sockmsg receive(char *payload)
{
	struct xsd_sockmsg header;

	take(&header, sizeof(header));
	if (header.len > XENSTORE_PAYLOAD_MAX) {
		fprintf(stderr, "an answer of %u bytes\n", header.len);
		exit(1);
	}
	take(payload, header.len);
	payload[header.len] = '\0';
	return header;
}

/* The number in the answer, if it is one: that of a transaction. */
static uint32_t ask(uint32_t type, uint32_t tx_id, const char *payload, size_t bytes)
{
	char message[sizeof(struct xsd_sockmsg) + 512], answer[XENSTORE_PAYLOAD_MAX + 1];
	struct xsd_sockmsg header = { .type = type, .req_id = 7, .tx_id = tx_id, .len = (uint32_t)bytes };

	memcpy(message, &header, sizeof(header));
	memcpy(message + sizeof(header), payload, bytes);
	if (write(door, message, sizeof(header) + bytes) != (ssize_t)(sizeof(header) + bytes)) {
		die("write");
	}
	do {
		header = receive(answer);
	} while (header.type == XS_WATCH_EVENT);
	if (header.type != type) {
		fprintf(stderr, "request %u for %s: %s\n", type, payload, answer);
		exit(1);
	}
	return (uint32_t)strtoul(answer, NULL, 10);
}

/* A request about FOLDER/name, with a value if it has one. */
static void ask_path(uint32_t type, uint32_t tx_id, const char *name, const char *value)
{
	char payload[256];
	int length = snprintf(payload, sizeof(payload), "%s/%s", folder, name) + 1;

	memcpy(payload + length, value, strlen(value));
	ask(type, tx_id, payload, (size_t)length + strlen(value));
}

static void do_read(void) { ask_path(XS_READ, 0, "a", ""); }
static void do_write(void) { ask_path(XS_WRITE, 0, "a", VALUE); }
static void do_directory(void) { ask_path(XS_DIRECTORY, 0, "d", ""); }

static void do_mkdir_rm(void)
{
	ask_path(XS_MKDIR, 0, "new", "");
	ask_path(XS_RM, 0, "new", "");
}

static void do_transaction(void)
{
	uint32_t tx_id = ask(XS_TRANSACTION_START, 0, "", 1);

	ask_path(XS_READ, tx_id, "a", "");
	ask_path(XS_WRITE, tx_id, "b", VALUE);
	ask(XS_TRANSACTION_END, tx_id, "T", 2);
}

static void do_watched_write(void)
{
	char event[XENSTORE_PAYLOAD_MAX + 1], payload[256];
	int length = snprintf(payload, sizeof(payload), "%s/w", folder) + 1;
	struct xsd_sockmsg header = { .type = XS_WRITE, .len = (uint32_t)length + 1 };
	char message[sizeof(header) + sizeof(payload)];
	int wanted = 2;

	payload[length] = 'x';
	memcpy(message, &header, sizeof(header));
	memcpy(message + sizeof(header), payload, (size_t)length + 1);
	if (write(door, message, sizeof(header) + (size_t)length + 1) < 0) {
		die("write");
	}
	/* The answer and the event, in either order. */
	while (wanted-- > 0) {
		receive(event);
	}
}

static void measure(const char *prefix, const char *name, void (*run)(void))
{
	uint64_t start;
	int i;

	run();
	start = ticks();
	for (i = 0; i < ROUNDS; i++) {
		run();
	}
	printf("COST %s-%s %llu\n", prefix, name, (unsigned long long)((ticks() - start) / ROUNDS));
}

static void prepare(void)
{
	char name[32];
	int i;

	ask_path(XS_WRITE, 0, "a", VALUE);
	ask_path(XS_WRITE, 0, "b", VALUE);
	ask_path(XS_WRITE, 0, "w", VALUE);
	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "d/child%d", i);
		ask_path(XS_WRITE, 0, name, VALUE);
	}
}

int main(int argc, char **argv)
{
	char watch[256];
	int length;

	if (argc != 4) {
		fprintf(stderr, "usage: store-costs DOOR PREFIX FOLDER\n");
		return 2;
	}
	open_door(argv[1]);
	snprintf(folder, sizeof(folder), "%s", argv[3]);
	prepare();
	measure(argv[2], "read", do_read);
	measure(argv[2], "write", do_write);
	measure(argv[2], "directory-of-20", do_directory);
	measure(argv[2], "mkdir-and-rm", do_mkdir_rm);
	measure(argv[2], "transaction", do_transaction);
	length = snprintf(watch, sizeof(watch), "%s/w", folder) + 1;
	length += snprintf(watch + length, sizeof(watch) - (size_t)length, "token") + 1;
	ask(XS_WATCH, 0, watch, (size_t)length);
	/* The first event comes before the answer, or after it: skipped by the next request. */
	usleep(50000);
	do_read();
	measure(argv[2], "write-and-event", do_watched_write);
	return 0;
}

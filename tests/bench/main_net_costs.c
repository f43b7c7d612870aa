// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a network costs, in TSC ticks: with QEMU's -icount shift=0 and one processor a tick is an executed instruction, of both
 * ends, the back end, dom0's kernel and the hypervisor together.
 *
 * net-costs serve             answers clients for ever, TCP and UDP port 9000
 * net-costs ADDRESS PREFIX    measures against such a server and prints, each line beginning with COST PREFIX-:
 *   send-per-KiB, receive-per-KiB   TCP, 16 MiB in writes of 64 KiB; medians of three
 *   round-trip                      TCP, one byte there and back; 500 of them
 *   small-send, small-receive       UDP, a frame of 106 bytes; bursts of 32, of which the last is answered
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 9000
#define BLOCK_BYTES 65536u
#define STREAM_BYTES (16u << 20)
#define TRIPS 500u
#define BURSTS 100u
#define BURST 32u
#define SMALL_BYTES 64u
#define ROUNDS 3

struct command {
	uint32_t what;		/* a letter */
	uint32_t count;
};

static char block[BLOCK_BYTES];
static int datagrams;

static uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) :: "memory");
	return (uint64_t)high << 32 | low;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void write_all(int fd, uint32_t bytes)
{
	while (bytes != 0) {
		ssize_t n = write(fd, block, bytes < BLOCK_BYTES ? bytes : BLOCK_BYTES);

		if (n <= 0) {
			fail("write");
		}
		bytes -= (uint32_t)n;
	}
}

static void read_all(int fd, void *to, uint32_t bytes)
{
	while (bytes != 0) {
		ssize_t n = read(fd, to, bytes < BLOCK_BYTES ? bytes : BLOCK_BYTES);

		if (n <= 0) {
			fail("read");
		}
		bytes -= (uint32_t)n;
	}
}

static void echo(int fd, uint32_t count)
{
	while (count-- != 0) {
		read_all(fd, block, 1);
		write_all(fd, 1);
	}
}

/* Sends bursts; whoever receives answers the last datagram of each. */
static void burst_send(const struct sockaddr_in *to)
{
	uint32_t burst, i;

	for (burst = 0; burst < BURSTS; burst++) {
		for (i = 0; i < BURST; i++) {
			if (sendto(datagrams, block, SMALL_BYTES, 0, (const struct sockaddr *)to, sizeof(*to)) < 0) {
				fail("sendto");
			}
		}
		if (recv(datagrams, block, SMALL_BYTES, 0) < 0) {
			fail("recv: a datagram was lost");
		}
	}
}

static void burst_receive(void)
{
	struct sockaddr_in from;
	socklen_t length = sizeof(from);
	uint32_t burst, i;

	for (burst = 0; burst < BURSTS; burst++) {
		for (i = 0; i < BURST; i++) {
			if (recvfrom(datagrams, block, SMALL_BYTES, 0, (struct sockaddr *)&from, &length) < 0) {
				fail("recv: a datagram was lost");
			}
		}
		sendto(datagrams, block, 1, 0, (const struct sockaddr *)&from, sizeof(from));
	}
}

/* A first datagram says where to send. */
static void burst_answer(void)
{
	struct sockaddr_in from;
	socklen_t length = sizeof(from);

	if (recvfrom(datagrams, block, SMALL_BYTES, 0, (struct sockaddr *)&from, &length) < 0) {
		fail("recv: a datagram was lost");
	}
	burst_send(&from);
}

static void open_datagrams(uint16_t port)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct timeval patience = { .tv_sec = 10 };

	datagrams = socket(AF_INET, SOCK_DGRAM, 0);
	if (datagrams < 0 || bind(datagrams, (struct sockaddr *)&any, sizeof(any)) < 0) {
		fail("datagrams");
	}
	setsockopt(datagrams, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

static void serve_one(int fd)
{
	struct command command;

	while (recv(fd, &command, sizeof(command), MSG_WAITALL) == sizeof(command)) {
		switch (command.what) {
		case 's':
			read_all(fd, block, command.count);
			write_all(fd, 1);
			break;
		case 'r':
			write_all(fd, command.count);
			break;
		case 'e':
			echo(fd, command.count);
			break;
		case 'd':
			burst_receive();
			break;
		default:
			burst_answer();
			break;
		}
	}
	close(fd);
}

static void set_no_delay(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static void serve(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int one = 1;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)) < 0 || listen(listener, 4) < 0) {
		fail("listen");
	}
	printf("NET-COSTS serves\n");
	fflush(stdout);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0) {
			fail("accept");
		}
		set_no_delay(fd);
		serve_one(fd);
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void ask(int fd, char what, uint32_t count)
{
	struct command command = { .what = (uint32_t)what, .count = count };

	if (write(fd, &command, sizeof(command)) != sizeof(command)) {
		fail("write");
	}
}

/* One measurement: ticks for the whole of it. */
static uint64_t measure_once(int fd, char what, const struct sockaddr_in *to)
{
	uint64_t begin = ticks();
	uint32_t i;

	switch (what) {
	case 's':
		ask(fd, what, STREAM_BYTES);
		write_all(fd, STREAM_BYTES);
		read_all(fd, block, 1);
		break;
	case 'r':
		ask(fd, what, STREAM_BYTES);
		read_all(fd, block, STREAM_BYTES);
		break;
	case 'e':
		ask(fd, what, TRIPS);
		for (i = 0; i < TRIPS; i++) {
			write_all(fd, 1);
			read_all(fd, block, 1);
		}
		break;
	case 'd':
		ask(fd, what, 0);
		burst_send(to);
		break;
	default:
		ask(fd, what, 0);
		sendto(datagrams, block, 1, 0, (const struct sockaddr *)to, sizeof(*to));
		burst_receive();
		break;
	}
	return ticks() - begin;
}

static void measure(int fd, const struct sockaddr_in *to, const char *prefix)
{
	static const struct {
		char what;
		const char *name;
		uint32_t units;
	} rows[] = {
		{ 's', "send-per-KiB", STREAM_BYTES / 1024 },
		{ 'r', "receive-per-KiB", STREAM_BYTES / 1024 },
		{ 'e', "round-trip", TRIPS },
		{ 'd', "small-send", BURSTS * BURST },
		{ 'u', "small-receive", BURSTS * BURST },
	};
	uint64_t results[ROUNDS];
	uint32_t i, round;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (round = 0; round < ROUNDS; round++) {
			results[round] = measure_once(fd, rows[i].what, to);
		}
		qsort(results, ROUNDS, sizeof(results[0]), compare);
		printf("COST %s-%s %llu\n", prefix, rows[i].name,
		       (unsigned long long)(results[ROUNDS / 2] / rows[i].units));
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd;

	memset(block, 'x', sizeof(block));
	if (argc == 2 && strcmp(argv[1], "serve") == 0) {
		open_datagrams(PORT);
		serve();
	}
	if (argc != 3 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
		fprintf(stderr, "usage: net-costs serve | ADDRESS PREFIX\n");
		return 2;
	}
	open_datagrams(0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		fail("connect");
	}
	set_no_delay(fd);
	measure(fd, &to, argv[2]);
	return 0;
}

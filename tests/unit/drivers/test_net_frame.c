// SPDX-License-Identifier: GPL-2.0-only
/* Headers of frames: where the transport begins, whatever the guest wrote into them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/net/netd.h"

static uint8_t head[256];
static struct virtio_net_hdr header;

static int describe(uint8_t gso_type, uint32_t bytes)
{
	struct net_offload offload = { .flags = NET_TX_CSUM_BLANK, .gso_type = gso_type,
				       .gso_bytes = 1000 };

	return net_frame_describe(&offload, head, bytes < sizeof(head) ? bytes : sizeof(head), bytes,
				  &header);
}

static void test_ipv4(void **state)
{
	(void)state;
	memset(head, 0, sizeof(head));
	head[12] = 0x08;
	head[14] = 0x46;		/* one option word */
	head[23] = 17;
	assert_int_equal(describe(0, 100), 0);
	assert_int_equal(header.csum_start, 38);
	assert_int_equal(header.csum_offset, 6);
	assert_int_equal(describe(0, 46), 0);
	assert_int_equal(describe(0, 45), -EPROTO);
	assert_int_equal(describe(NET_GSO_TCPV4, 100), -EPROTO);
	head[23] = 6;
	assert_int_equal(describe(NET_GSO_TCPV6, 100), -EPROTO);
	assert_int_equal(describe(NET_GSO_TCPV4, 57), -EPROTO);
	assert_int_equal(describe(NET_GSO_TCPV4, 100), 0);
	head[20] = 0x20;		/* a fragment with more to come */
	assert_int_equal(describe(0, 100), -EPROTO);
	head[20] = 0x40;		/* not to be cut up */
	assert_int_equal(describe(0, 100), 0);
	head[21] = 1;			/* a later fragment */
	assert_int_equal(describe(0, 100), -EPROTO);
	head[21] = 0;
	head[14] = 0x44;
	assert_int_equal(describe(0, 100), -EPROTO);
	head[14] = 0x4f;
	head[23] = 50;
	assert_int_equal(describe(0, 100), -EPROTO);
}

static void test_ipv6(void **state)
{
	(void)state;
	memset(head, 0, sizeof(head));
	head[12] = 0x86;
	head[13] = 0xdd;
	head[20] = 6;
	assert_int_equal(describe(NET_GSO_TCPV6, 200), 0);
	assert_int_equal(header.csum_start, 54);
	assert_int_equal(header.gso_type, VIRTIO_NET_HDR_GSO_TCPV6);
	head[20] = 0;			/* options, 16 bytes, then UDP */
	head[54] = 17;
	head[55] = 1;
	assert_int_equal(describe(0, 200), 0);
	assert_int_equal(header.csum_start, 70);
	head[55] = 255;
	assert_int_equal(describe(0, 200), -EPROTO);
	/* Options without end. */
	memset(head + 54, 0, sizeof(head) - 54);
	assert_int_equal(describe(0, 256), -EPROTO);
	head[20] = 44;			/* fragments */
	assert_int_equal(describe(0, 200), -EPROTO);
}

static void test_tags(void **state)
{
	static const uint8_t tagged[] = { 0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 0x08, 0, 0x45 };

	(void)state;
	memset(head, 0, sizeof(head));
	memcpy(head + 12, tagged, sizeof(tagged));
	head[31] = 6;
	assert_int_equal(describe(0, 100), 0);
	assert_int_equal(header.csum_start, 42);
	head[20] = 0x81;
	assert_int_equal(describe(0, 100), -EPROTO);
	head[20] = 0x08;
	head[21] = 0x06;		/* no IP at all */
	assert_int_equal(describe(0, 100), -EPROTO);
	assert_int_equal(describe(0, 17), -EPROTO);
	assert_int_equal(describe(0, 13), -EPROTO);
}

/* Whatever the headers say, what the kernel is told lies in the frame. */
static void test_random(void **state)
{
	uint32_t round, i;

	(void)state;
	srand(3);
	for (round = 0; round < 200000; round++) {
		uint32_t bytes = 14 + (uint32_t)rand() % 600;

		for (i = 0; i < sizeof(head); i++) {
			head[i] = (uint8_t)(rand() % 4 == 0 ? rand() : 0);
		}
		head[12] = rand() % 2 == 0 ? 0x08 : 0x86;
		head[13] = head[12] == 0x08 ? 0 : 0xdd;
		if (describe((uint8_t)(rand() % 3), bytes) == 0) {
			assert_true(header.csum_start + header.csum_offset + 2u <= bytes);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

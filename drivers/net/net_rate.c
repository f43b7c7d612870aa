// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much a guest may send: so many bytes per interval. A packet goes when any credit is left and
 * may take more than that; what it took too much is missing in the next interval, so that packets
 * larger than an interval's bytes go too, only less often.
 */
#include <errno.h>
#include <stdio.h>

#include "drivers/net/netd.h"

#define RATE_MAX_BYTES (1ull << 40)

int net_rate_parse(const char *text, struct net_rate *rate)
{
	unsigned long long bytes, micros;
	char rest;

	if (text[0] < '0' || text[0] > '9' ||
	    sscanf(text, "%20llu,%20llu%c", &bytes, &micros, &rest) != 2 || bytes == 0 ||
	    bytes > RATE_MAX_BYTES || micros == 0 || micros > UINT32_MAX) {
		return -EINVAL;
	}
	*rate = (struct net_rate){ .bytes = bytes, .interval_ns = micros * 1000u };
	return 0;
}

uint32_t net_rate_wait(struct net_rate *rate, uint64_t now_ns)
{
	if (rate->bytes == 0 || rate->credit > 0) {
		return 0;
	}
	if (now_ns >= rate->next_ns) {
		uint64_t intervals = (now_ns - rate->next_ns) / rate->interval_ns + 1;
		int64_t bytes = (int64_t)rate->bytes;

		/* Nothing is saved up: one interval's bytes. */
		rate->next_ns += intervals * rate->interval_ns;
		if (intervals > (uint64_t)(bytes - rate->credit) / rate->bytes) {
			rate->credit = bytes;
		} else {
			rate->credit += (int64_t)intervals * bytes;
		}
	}
	return rate->credit > 0 ? 0 : (uint32_t)((rate->next_ns - now_ns) / 1000000u + 1);
}

void net_rate_charge(struct net_rate *rate, uint32_t bytes)
{
	if (rate->bytes != 0) {
		rate->credit -= bytes;
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random UUIDs come from getrandom(2), which does not fail once the machine has booted.
 */
#include "lib/uuid.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

#include "sys/error.h"

int uuid_generate(uint8_t uuid[16], struct error *error)
{
	if (getrandom(uuid, 16, 0) != 16) {
		return error_set(error, errno, "getrandom", "there is no randomness for a UUID");
	}
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40);
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
	return 0;
}

static int uuid_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool uuid_dash_before(unsigned int byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

int uuid_parse(const char *text, uint8_t uuid[16])
{
	bool dashes = strchr(text, '-') != NULL;
	unsigned int i;

	for (i = 0; i < 16; i++) {
		int high, low;

		if (dashes && uuid_dash_before(i) && *text++ != '-') {
			return -EINVAL;
		}
		high = uuid_digit(text[0]);
		low = high < 0 ? -1 : uuid_digit(text[1]);
		if (low < 0) {
			return -EINVAL;
		}
		uuid[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	return *text == '\0' ? 0 : -EINVAL;
}

void uuid_format(const uint8_t uuid[16], char text[UUID_TEXT_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	unsigned int i;

	for (i = 0; i < 16; i++) {
		if (uuid_dash_before(i)) {
			*text++ = '-';
		}
		*text++ = digits[uuid[i] >> 4];
		*text++ = digits[uuid[i] & 15];
	}
	*text = '\0';
}

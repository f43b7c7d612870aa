/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UUIDs: 16 bytes in memory, 8-4-4-4-12 lower-case hexadecimal digits as text.
 */
#ifndef TOOLSTACK_LIB_UUID_H
#define TOOLSTACK_LIB_UUID_H

#include <stdint.h>

#define UUID_TEXT_BYTES 37

struct error;

/* A random one (version 4). */
int uuid_generate(uint8_t uuid[16], struct error *error);
/* Accepts the 8-4-4-4-12 form and 32 digits, in either case. Returns 0 or -EINVAL. */
int uuid_parse(const char *text, uint8_t uuid[16]);
void uuid_format(const uint8_t uuid[16], char text[UUID_TEXT_BYTES]);

#endif

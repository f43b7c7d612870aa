// SPDX-License-Identifier: GPL-2.0-only
/*
 * Field offsets are those of the x86 Linux boot protocol; payload fields exist from version 2.08.
 */
#include "lib/bzimage.h"

#include <errno.h>
#include <string.h>

#include "sys/error.h"

#define BZIMAGE_SECTOR_BYTES 512u
#define BZIMAGE_SETUP_SECTORS 0x1f1
#define BZIMAGE_BOOT_FLAG 0x1fe
#define BZIMAGE_MAGIC 0x202
#define BZIMAGE_VERSION 0x206
#define BZIMAGE_PAYLOAD_OFFSET 0x248
#define BZIMAGE_PAYLOAD_LENGTH 0x24c
#define BZIMAGE_MIN_VERSION 0x208

static uint32_t bzimage_u32(const void *head, size_t offset)
{
	uint32_t value;

	memcpy(&value, (const char *)head + offset, sizeof(value));
	return value;
}

static uint16_t bzimage_u16(const void *head, size_t offset)
{
	uint16_t value;

	memcpy(&value, (const char *)head + offset, sizeof(value));
	return value;
}

bool bzimage_has_magic(const void *head, size_t bytes)
{
	return bytes >= BZIMAGE_MAGIC + 4 && bzimage_u16(head, BZIMAGE_BOOT_FLAG) == 0xaa55 &&
	       memcmp((const char *)head + BZIMAGE_MAGIC, "HdrS", 4) == 0;
}

int bzimage_parse(const void *head, uint64_t file_bytes, const char *object,
		  struct bzimage *out, struct error *error)
{
	uint64_t setup_sectors, offset, bytes;

	if (file_bytes < BZIMAGE_HEAD_BYTES) {
		return error_set(error, ENOEXEC, object, "a bzImage truncated inside its header");
	}
	if (bzimage_u16(head, BZIMAGE_VERSION) < BZIMAGE_MIN_VERSION) {
		return error_set(error, ENOEXEC, object,
				 "a bzImage of boot protocol %u.%02u; 2.08 is needed",
				 bzimage_u16(head, BZIMAGE_VERSION) >> 8,
				 bzimage_u16(head, BZIMAGE_VERSION) & 0xffu);
	}
	setup_sectors = ((const uint8_t *)head)[BZIMAGE_SETUP_SECTORS];
	if (setup_sectors == 0) {
		setup_sectors = 4;
	}
	offset = (setup_sectors + 1) * BZIMAGE_SECTOR_BYTES +
		 bzimage_u32(head, BZIMAGE_PAYLOAD_OFFSET);
	bytes = bzimage_u32(head, BZIMAGE_PAYLOAD_LENGTH);
	if (bytes < 16) {
		return error_set(error, ENOEXEC, object, "a bzImage without a payload");
	}
	if (offset > file_bytes || bytes > file_bytes - offset) {
		return error_set(error, ENOEXEC, object,
				 "a truncated bzImage: the file has %llu bytes, its header promises "
				 "%llu", (unsigned long long)file_bytes,
				 (unsigned long long)(offset + bytes));
	}
	out->payload_offset = offset;
	out->payload_bytes = bytes;
	return 0;
}

static const struct {
	const char *name;
	unsigned int length;
	unsigned char magic[10];
} pack_formats[PACK_COUNT] = {
	[PACK_NONE] = { "none", 0, { 0 } },
	[PACK_GZIP] = { "gzip", 2, { 0x1f, 0x8b } },
	[PACK_BZIP2] = { "bzip2", 3, { 'B', 'Z', 'h' } },
	[PACK_LZMA] = { "lzma", 3, { 0x5d, 0x00, 0x00 } },
	[PACK_XZ] = { "xz", 6, { 0xfd, '7', 'z', 'X', 'Z', 0x00 } },
	[PACK_LZO] = { "lzo", 9, { 0x89, 'L', 'Z', 'O', 0x00, 0x0d, 0x0a, 0x1a, 0x0a } },
	[PACK_LZ4] = { "lz4", 4, { 0x02, 0x21, 0x4c, 0x18 } },
	[PACK_ZSTD] = { "zstd", 4, { 0x28, 0xb5, 0x2f, 0xfd } },
};

enum pack_format pack_format_detect(const void *head, size_t bytes)
{
	unsigned int i;

	for (i = PACK_NONE + 1; i < PACK_COUNT; i++) {
		if (bytes >= pack_formats[i].length &&
		    memcmp(head, pack_formats[i].magic, pack_formats[i].length) == 0) {
			return (enum pack_format)i;
		}
	}
	return PACK_NONE;
}

const char *pack_format_name(enum pack_format format)
{
	return pack_formats[format].name;
}

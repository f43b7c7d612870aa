// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text goes through json_clean(), which decides byte by byte what is UTF-8 (RFC 3629: no overlong
 * forms, no surrogates, nothing above U+10FFFF); the generator itself does not look.
 */
#include "lib/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_gen.h>

#include "sys/error.h"

#define JSON_UNKNOWN "\xef\xbf\xbd"	/* U+FFFD */

static void json_check(struct json *json, yajl_gen_status status)
{
	json->is_broken |= status != yajl_gen_status_ok;
}

void json_start(struct json *json, FILE *out)
{
	memset(json, 0, sizeof(*json));
	json->out = out;
	json->generator = yajl_gen_alloc(NULL);
	if (json->generator == NULL) {
		json->is_broken = true;
		return;
	}
	yajl_gen_config(json->generator, yajl_gen_beautify, 1);
	yajl_gen_config(json->generator, yajl_gen_indent_string, "    ");
}

/* Bytes of the character at @p, of which @left are there; 0 when it is none. */
static size_t json_character_bytes(const unsigned char *p, size_t left)
{
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t bytes = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	unsigned int value;
	size_t i;

	if (bytes <= 1) {
		return bytes;
	}
	if (bytes > left || p[0] > 0xf4) {
		return 0;
	}
	value = p[0] & (0xffu >> (bytes + 1));
	for (i = 1; i < bytes; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0;
		}
		value = value << 6 | (p[i] & 0x3fu);
	}
	if (value < least[bytes] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
		return 0;
	}
	return bytes;
}

/* @text with every byte that belongs to no character replaced, in memory that the caller frees. */
static char *json_clean(const char *text, size_t *length)
{
	size_t left = strlen(text);
	char *out = malloc(left * 3 + 1);

	*length = 0;
	while (out != NULL && left != 0) {
		size_t bytes = json_character_bytes((const unsigned char *)text, left);

		if (bytes == 0) {
			memcpy(out + *length, JSON_UNKNOWN, 3);
			*length += 3;
			bytes = 1;
		} else {
			memcpy(out + *length, text, bytes);
			*length += bytes;
		}
		text += bytes;
		left -= bytes;
	}
	return out;
}

static void json_string(struct json *json, const char *text)
{
	size_t length = 0;
	char *clean = json_clean(text, &length);

	if (clean == NULL) {
		json->is_broken = true;
		return;
	}
	json_check(json, yajl_gen_string(json->generator, (const unsigned char *)clean, length));
	free(clean);
}

/* The key in front of a value. Whether the value may be written. */
static bool json_key(struct json *json, const char *key)
{
	if (!json->is_broken && key != NULL) {
		json_string(json, key);
	}
	return !json->is_broken;
}

static void json_open(struct json *json, const char *key, bool is_map)
{
	if (json->depth == JSON_MAX_DEPTH) {
		json->is_broken = true;
	}
	if (!json_key(json, key)) {
		return;
	}
	json_check(json, is_map ? yajl_gen_map_open(json->generator) :
			 yajl_gen_array_open(json->generator));
	json->is_map[json->depth++] = is_map;
}

void json_map(struct json *json, const char *key)
{
	json_open(json, key, true);
}

void json_list(struct json *json, const char *key)
{
	json_open(json, key, false);
}

void json_end(struct json *json)
{
	if (json->is_broken || json->depth == 0) {
		return;
	}
	json->depth--;
	json_check(json, json->is_map[json->depth] ? yajl_gen_map_close(json->generator) :
			 yajl_gen_array_close(json->generator));
}

void json_text(struct json *json, const char *key, const char *value)
{
	if (json_key(json, key)) {
		json_string(json, value);
	}
}

void json_text_if(struct json *json, const char *key, const char *value)
{
	if (value[0] != '\0') {
		json_text(json, key, value);
	}
}

static void json_literal(struct json *json, const char *key, const char *digits)
{
	if (json_key(json, key)) {
		json_check(json, yajl_gen_number(json->generator, digits, strlen(digits)));
	}
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	json_literal(json, key, digits);
}

void json_decimal(struct json *json, const char *key, double value)
{
	char digits[352];

	/* What is no number has no form in JSON. */
	snprintf(digits, sizeof(digits), "%.6f", value);
	json_literal(json, key, strspn(digits, "-.0123456789") == strlen(digits) ? digits : "0");
}

void json_bool(struct json *json, const char *key, bool value)
{
	if (json_key(json, key)) {
		json_check(json, yajl_gen_bool(json->generator, value));
	}
}

void json_null(struct json *json, const char *key)
{
	if (json_key(json, key)) {
		json_check(json, yajl_gen_null(json->generator));
	}
}

void json_drop(struct json *json)
{
	if (json->generator != NULL) {
		yajl_gen_free(json->generator);
	}
	memset(json, 0, sizeof(*json));
}

int json_finish(struct json *json, struct error *error)
{
	const unsigned char *text;
	size_t length = 0;
	int rc = 0;

	while (json->depth != 0 && !json->is_broken) {
		json_end(json);
	}
	if (json->is_broken ||
	    yajl_gen_get_buf(json->generator, &text, &length) != yajl_gen_status_ok) {
		rc = error_set(error, ENOMEM, NULL, "the JSON text could not be made");
	} else if (fwrite(text, 1, length, json->out) != length) {
		rc = error_set(error, errno != 0 ? errno : EIO, NULL,
			       "the output cannot be written");
	} else if (length != 0 && text[length - 1] != '\n') {
		putc('\n', json->out);
	}
	json_drop(json);
	return rc;
}

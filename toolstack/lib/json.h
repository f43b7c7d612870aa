/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON as text, by libyajl's generator: one key per line, four blanks per level, the layout that
 * programs which read xl's output look for.
 *
 * A key is NULL for items of a list and for the outermost value. Bytes of a text that are no UTF-8
 * come out as U+FFFD, so what is written is always JSON. Failures (memory, the stream) are kept
 * and told by json_finish(): callers check once.
 */
#ifndef TOOLSTACK_LIB_JSON_H
#define TOOLSTACK_LIB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_MAX_DEPTH 16u

struct error;

struct json {
	struct yajl_gen_t *generator;
	FILE *out;
	unsigned int depth;
	bool is_map[JSON_MAX_DEPTH];
	bool is_broken;		/* a step failed: nothing more is written */
};

void json_start(struct json *json, FILE *out);

void json_map(struct json *json, const char *key);
void json_list(struct json *json, const char *key);
/* Ends the innermost map or list. */
void json_end(struct json *json);

void json_text(struct json *json, const char *key, const char *value);
/* As json_text(), but nothing at all when @value is empty. */
void json_text_if(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, uint64_t value);
/* A number with digits behind the point. */
void json_decimal(struct json *json, const char *key, double value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

/* Frees; nothing is written. */
void json_drop(struct json *json);
/* Ends all that is open, writes the text and a newline, and frees. Returns 0 or -errno. */
int json_finish(struct json *json, struct error *error);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A recursive-descent parser with one word of look-ahead. Depth and number of assignments are
 * bounded, so that no file can exhaust stack or memory.
 */
#include "lib/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/config_lex.h"
#include "sys/error.h"

struct config_parser {
	struct config *config;
	struct config_lexer lexer;
	struct config_token token;
	unsigned int depth;
};

int config_error(struct error *error, const struct config_position *at, int code,
		 const char *format, ...)
{
	char object[192];
	char sentence[320];
	va_list args;

	if (at->line == 0) {
		snprintf(object, sizeof(object), "%s", at->source);
	} else if (at->column == 0) {
		snprintf(object, sizeof(object), "%.160s:%u", at->source, at->line);
	} else {
		snprintf(object, sizeof(object), "%.160s:%u:%u", at->source, at->line, at->column);
	}
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	return error_set(error, code, object, "%s", sentence);
}

const char *config_type_name(enum config_type type)
{
	static const char *const names[] = { "string", "number", "list" };

	return names[type];
}

static const char *config_token_name(const struct config_token *token)
{
	static const char *const names[] = {
		"the end of the text", "the end of the line", "a word", "a string", "a number",
		"'='", "'+='", "'['", "']'", "','",
	};

	return names[token->type];
}

static int config_unexpected(struct config_parser *parser, const char *wanted)
{
	const struct config_token *token = &parser->token;

	if (token->type == CONFIG_TOKEN_WORD) {
		return config_error(parser->lexer.error, &token->at, EINVAL,
				    "expected %s, found the word '%.60s'", wanted, token->text);
	}
	return config_error(parser->lexer.error, &token->at, EINVAL, "expected %s, found %s",
			    wanted, config_token_name(token));
}

static int config_advance(struct config_parser *parser)
{
	return config_lexer_next(&parser->lexer, &parser->token);
}

static int config_skip_newlines(struct config_parser *parser)
{
	int rc = 0;

	while (rc == 0 && parser->token.type == CONFIG_TOKEN_NEWLINE) {
		rc = config_advance(parser);
	}
	return rc;
}

static int config_parse_value(struct config_parser *parser, struct config_value **out);

/* One item and what follows it; leaves the cursor at the next item or at ']'. */
static int config_parse_item(struct config_parser *parser, struct config_value ***tail)
{
	int rc = config_parse_value(parser, *tail);

	if (rc == 0) {
		*tail = &(**tail)->next;
		rc = config_skip_newlines(parser);
	}
	if (rc < 0 || parser->token.type == CONFIG_TOKEN_CLOSE) {
		return rc;
	}
	if (parser->token.type != CONFIG_TOKEN_COMMA) {
		return config_unexpected(parser, "',' or ']' in a list");
	}
	rc = config_advance(parser);
	return rc < 0 ? rc : config_skip_newlines(parser);
}

static int config_parse_list(struct config_parser *parser, struct config_value *list)
{
	struct config_value **tail = &list->first;
	int rc;

	if (++parser->depth > CONFIG_MAX_DEPTH) {
		return config_error(parser->lexer.error, &list->at, EINVAL,
				    "lists are nested more than %u deep", CONFIG_MAX_DEPTH);
	}
	list->type = CONFIG_LIST;
	rc = config_advance(parser);
	if (rc == 0) {
		rc = config_skip_newlines(parser);
	}
	while (rc == 0 && parser->token.type != CONFIG_TOKEN_CLOSE) {
		rc = config_parse_item(parser, &tail);
		list->count++;
	}
	parser->depth--;
	return rc < 0 ? rc : config_advance(parser);
}

static int config_parse_value(struct config_parser *parser, struct config_value **out)
{
	const struct config_token *token = &parser->token;
	struct config_value *value = arena_alloc(&parser->config->arena, sizeof(*value));

	if (value == NULL) {
		return error_set(parser->lexer.error, ENOMEM, NULL,
				 "no memory for the configuration");
	}
	value->at = token->at;
	value->text = token->text;
	value->number = token->number;
	*out = value;
	switch (token->type) {
	case CONFIG_TOKEN_OPEN:
		return config_parse_list(parser, value);
	case CONFIG_TOKEN_NUMBER:
		value->type = CONFIG_NUMBER;
		return config_advance(parser);
	case CONFIG_TOKEN_STRING:
		value->type = CONFIG_STRING;
		return config_advance(parser);
	default:
		return config_unexpected(parser, "a quoted string, a number or a list");
	}
}

static struct config_entry *config_find_entry(const struct config *config, const char *key)
{
	struct config_entry *entry;

	for (entry = config->first; entry != NULL; entry = entry->next) {
		if (strcmp(entry->key, key) == 0) {
			return entry;
		}
	}
	return NULL;
}

const struct config_entry *config_find(const struct config *config, const char *key)
{
	return config_find_entry(config, key);
}

static int config_add_string(struct config_parser *parser, struct config_value *to,
			     const struct config_value *more)
{
	size_t old = strlen(to->text);
	size_t new = strlen(more->text);
	char *text = arena_alloc(&parser->config->arena, old + new + 1);

	if (text == NULL) {
		return error_set(parser->lexer.error, ENOMEM, NULL,
				 "no memory for the configuration");
	}
	memcpy(text, to->text, old);
	memcpy(text + old, more->text, new);
	to->text = text;
	return 0;
}

/* key += value: strings grow, lists grow; nothing else adds up. */
static int config_add(struct config_parser *parser, struct config_entry *entry,
		      struct config_value *more)
{
	struct config_value *value = entry->value;
	struct config_value **tail = &value->first;

	if (value->type != more->type || value->type == CONFIG_NUMBER) {
		return config_error(parser->lexer.error, &more->at, EINVAL,
				    "'%s +=' cannot add a %s to a %s", entry->key,
				    config_type_name(more->type), config_type_name(value->type));
	}
	if (value->type == CONFIG_STRING) {
		return config_add_string(parser, value, more);
	}
	while (*tail != NULL) {
		tail = &(*tail)->next;
	}
	*tail = more->first;
	value->count += more->count;
	return 0;
}

static int config_append(struct config_parser *parser, const struct config_token *key,
			 struct config_value *value)
{
	struct config *config = parser->config;
	struct config_entry *entry;

	if (config->count >= CONFIG_MAX_ENTRIES) {
		return config_error(parser->lexer.error, &key->at, E2BIG,
				    "more than %u assignments", CONFIG_MAX_ENTRIES);
	}
	entry = arena_alloc(&config->arena, sizeof(*entry));
	if (entry == NULL) {
		return error_set(parser->lexer.error, ENOMEM, NULL,
				 "no memory for the configuration");
	}
	entry->key = key->text;
	entry->at = key->at;
	entry->value = value;
	if (config->last != NULL) {
		config->last->next = entry;
	} else {
		config->first = entry;
	}
	config->last = entry;
	config->count++;
	return 0;
}

static int config_assign(struct config_parser *parser, const struct config_token *key, bool add,
			 struct config_value *value)
{
	struct config_entry *entry = config_find_entry(parser->config, key->text);

	if (entry == NULL) {
		return config_append(parser, key, value);
	}
	if (add) {
		return config_add(parser, entry, value);
	}
	entry->value = value;
	entry->at = key->at;
	return 0;
}

/* Behind `key = value` nothing may follow on the line. */
static int config_parse_end(struct config_parser *parser)
{
	if (parser->token.type == CONFIG_TOKEN_END) {
		return 0;
	}
	if (parser->token.type == CONFIG_TOKEN_NEWLINE) {
		return config_advance(parser);
	}
	if (parser->token.type == CONFIG_TOKEN_STRING) {
		return config_error(parser->lexer.error, &parser->token.at, EINVAL,
				    "a second string follows the value: strings are not joined, "
				    "and there are no triple quotes");
	}
	return config_unexpected(parser, "the end of the line or ';'");
}

static int config_parse_statement(struct config_parser *parser)
{
	struct config_token key = parser->token;
	struct config_value *value;
	bool add;
	int rc;

	if (key.type != CONFIG_TOKEN_WORD) {
		return config_unexpected(parser, "a key");
	}
	rc = config_advance(parser);
	if (rc < 0) {
		return rc;
	}
	add = parser->token.type == CONFIG_TOKEN_ADD;
	if (!add && parser->token.type != CONFIG_TOKEN_ASSIGN) {
		return config_unexpected(parser, "'=' or '+=' behind a key");
	}
	rc = config_advance(parser);
	if (rc == 0) {
		rc = config_parse_value(parser, &value);
	}
	if (rc == 0) {
		rc = config_parse_end(parser);
	}
	return rc < 0 ? rc : config_assign(parser, &key, add, value);
}

int config_parse(struct config *config, const char *source, const char *text, size_t bytes,
		 struct error *error)
{
	struct config_parser parser = { .config = config, .lexer.error = error };
	char *name = arena_copy(&config->arena, source, strlen(source));
	int rc;

	if (name == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the configuration");
	}
	if (bytes > CONFIG_MAX_BYTES) {
		return error_set(error, EFBIG, source, "a configuration is at most %u KiB long",
				 CONFIG_MAX_BYTES >> 10);
	}
	config_lexer_start(&parser.lexer, &config->arena, name, text, bytes);
	parser.lexer.has_no_columns = config->is_from_xml;
	rc = config_advance(&parser);
	while (rc == 0) {
		rc = config_skip_newlines(&parser);
		if (rc < 0 || parser.token.type == CONFIG_TOKEN_END) {
			break;
		}
		rc = config_parse_statement(&parser);
	}
	return rc;
}

/* What a shell left of key="text": a value that is neither quoted, a list nor a number. */
static bool config_is_bare_string(const char *value)
{
	char *stop;

	if (value[0] == '"' || value[0] == '\'' || value[0] == '[') {
		return false;
	}
	strtoll(value, &stop, 0);
	return *stop != '\0' || stop == value;
}

int config_parse_override(struct config *config, const char *argument, struct error *error)
{
	const char *equals = strchr(argument, '=');
	struct config_parser parser = { .config = config, .lexer.error = error };
	struct config_position at = { .source = "command line" };
	struct config_value *value;
	struct config_token key = { .type = CONFIG_TOKEN_WORD, .at = at };
	size_t length;
	bool add;

	if (equals == NULL || equals == argument) {
		return error_set(error, EINVAL, argument, "is not of the form key=value");
	}
	if (!config_is_bare_string(equals + 1)) {
		return config_parse(config, "command line", argument, strlen(argument), error);
	}
	add = equals[-1] == '+';
	length = (size_t)(equals - argument) - (add ? 1 : 0);
	key.text = arena_copy(&config->arena, argument, length);
	value = arena_alloc(&config->arena, sizeof(*value));
	if (key.text == NULL || value == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the configuration");
	}
	value->type = CONFIG_STRING;
	value->at = at;
	value->text = arena_copy(&config->arena, equals + 1, strlen(equals + 1));
	if (value->text == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the configuration");
	}
	return config_assign(&parser, &key, add, value);
}

void config_release(struct config *config)
{
	arena_release(&config->arena);
	memset(config, 0, sizeof(*config));
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lexer works on bytes; text in any encoding that keeps ASCII passes through strings
 * unchanged. Nothing is read beyond `end`. Escapes are those of C strings; one that C does not
 * have is an error, never a silent letter.
 */
#include "lib/config_lex.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sys/error.h"

void config_lexer_start(struct config_lexer *lexer, struct arena *arena, const char *source,
			const char *text, size_t bytes)
{
	lexer->arena = arena;
	/* Editors of other systems put U+FEFF in front. */
	lexer->at = bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
	lexer->end = text + bytes;
	lexer->line_start = text;
	lexer->position.source = source;
	lexer->position.line = 1;
	lexer->position.column = 1;
}

static bool config_is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

static void config_lexer_skip_blank(struct config_lexer *lexer)
{
	while (lexer->at < lexer->end) {
		char c = *lexer->at;

		if (c == '#') {
			while (lexer->at < lexer->end && *lexer->at != '\n') {
				lexer->at++;
			}
		} else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
			lexer->at++;
		} else {
			return;
		}
	}
}

static struct config_position config_lexer_here(const struct config_lexer *lexer)
{
	struct config_position here = lexer->position;

	here.column = lexer->has_no_columns ? 0 : (unsigned int)(lexer->at - lexer->line_start) + 1;
	return here;
}

static int config_no_memory(struct config_lexer *lexer)
{
	return error_set(lexer->error, ENOMEM, NULL, "no memory for the configuration");
}

/* Digits of @base at the cursor, at most @most of them; -1 when there is none. */
static int config_take_digits(struct config_lexer *lexer, unsigned int base, unsigned int most)
{
	unsigned int value = 0;
	unsigned int taken = 0;

	while (taken < most && lexer->at < lexer->end) {
		char c = *lexer->at;
		unsigned int digit = 99;

		if (c >= '0' && c <= '9') {
			digit = (unsigned int)(c - '0');
		} else if (isxdigit((unsigned char)c)) {
			digit = (unsigned int)(tolower((unsigned char)c) - 'a') + 10;
		}
		if (digit >= base) {
			break;
		}
		value = value * base + digit;
		lexer->at++;
		taken++;
	}
	return taken != 0 ? (int)value : -1;
}

/* The character that an escape stands for, the cursor being behind the backslash; or -errno. */
static int config_take_escape(struct config_lexer *lexer)
{
	static const char letters[] = "abfnrtv\\'\"";
	static const char meanings[] = "\a\b\f\n\r\t\v\\'\"";
	struct config_position at = config_lexer_here(lexer);
	const char *found;
	int value = -1;

	if (lexer->at == lexer->end) {
		return config_error(lexer->error, &at, EINVAL, "the text ends behind a backslash");
	}
	if (*lexer->at >= '0' && *lexer->at <= '7') {
		value = config_take_digits(lexer, 8, 3);
	} else if (*lexer->at == 'x') {
		lexer->at++;
		value = config_take_digits(lexer, 16, 2);
	} else {
		found = *lexer->at != '\0' ? strchr(letters, *lexer->at) : NULL;
		if (found != NULL) {
			lexer->at++;
			value = (unsigned char)meanings[found - letters];
		}
	}
	if (value <= 0 || value > 255) {
		return config_error(lexer->error, &at, EINVAL, "unknown escape in a string");
	}
	return value;
}

static int config_lex_string(struct config_lexer *lexer, struct config_token *token)
{
	char quote = *lexer->at++;
	size_t left = (size_t)(lexer->end - lexer->at);
	const char *newline = memchr(lexer->at, '\n', left);
	char *text = arena_alloc(lexer->arena,
				 newline != NULL ? (size_t)(newline - lexer->at) + 1 : left + 1);
	size_t length = 0;

	if (text == NULL) {
		return config_no_memory(lexer);
	}
	while (lexer->at < lexer->end && *lexer->at != quote && *lexer->at != '\n') {
		int c = (unsigned char)*lexer->at++;

		if (c == '\\') {
			c = config_take_escape(lexer);
			if (c < 0) {
				return c;
			}
		}
		text[length++] = (char)c;
	}
	if (lexer->at == lexer->end || *lexer->at != quote) {
		return config_error(lexer->error, &token->at, EINVAL,
				    "the string has no closing %c on its line", quote);
	}
	lexer->at++;
	token->type = CONFIG_TOKEN_STRING;
	token->text = text;
	return 0;
}

static int config_lex_number(struct config_lexer *lexer, struct config_token *token)
{
	const char *start = lexer->at;
	char *stop = NULL;
	char *text;

	lexer->at++;
	while (lexer->at < lexer->end && (config_is_word_byte(*lexer->at) || *lexer->at == '.')) {
		lexer->at++;
	}
	text = arena_copy(lexer->arena, start, (size_t)(lexer->at - start));
	if (text == NULL) {
		return config_no_memory(lexer);
	}
	errno = 0;
	token->number = strtoll(text, &stop, 0);
	if (*stop != '\0' || stop == text || (stop == text + 1 && text[0] == '-')) {
		return config_error(lexer->error, &token->at, EINVAL,
				    "'%.40s' is not a number; a string needs quotes", text);
	}
	if (errno == ERANGE) {
		return config_error(lexer->error, &token->at, ERANGE,
				    "the number %.40s is out of range", text);
	}
	token->type = CONFIG_TOKEN_NUMBER;
	token->text = text;
	return 0;
}

static int config_lex_word(struct config_lexer *lexer, struct config_token *token)
{
	const char *start = lexer->at;

	while (lexer->at < lexer->end && config_is_word_byte(*lexer->at)) {
		lexer->at++;
	}
	token->type = CONFIG_TOKEN_WORD;
	token->text = arena_copy(lexer->arena, start, (size_t)(lexer->at - start));
	return token->text != NULL ? 0 : config_no_memory(lexer);
}

static int config_lex_bad_byte(struct config_lexer *lexer, const struct config_token *token)
{
	unsigned char c = (unsigned char)*lexer->at;

	if (c > 0x20 && c < 0x7f) {
		return config_error(lexer->error, &token->at, EINVAL, "'%c' has no meaning here", c);
	}
	return config_error(lexer->error, &token->at, EINVAL,
			    "the byte 0x%02x has no meaning here", c);
}

static int config_lex_sign(struct config_lexer *lexer, struct config_token *token)
{
	static const char signs[] = "=[],;\n";
	static const enum config_token_type types[] = {
		CONFIG_TOKEN_ASSIGN, CONFIG_TOKEN_OPEN, CONFIG_TOKEN_CLOSE,
		CONFIG_TOKEN_COMMA, CONFIG_TOKEN_NEWLINE, CONFIG_TOKEN_NEWLINE,
	};
	char c = *lexer->at;
	const char *found = c != '\0' ? strchr(signs, c) : NULL;

	if (c == '+' && lexer->end - lexer->at > 1 && lexer->at[1] == '=') {
		token->type = CONFIG_TOKEN_ADD;
		lexer->at += 2;
		return 0;
	}
	if (found == NULL) {
		return config_lex_bad_byte(lexer, token);
	}
	token->type = types[found - signs];
	lexer->at++;
	if (c == '\n') {
		lexer->position.line++;
		lexer->line_start = lexer->at;
	}
	return 0;
}

int config_lexer_next(struct config_lexer *lexer, struct config_token *token)
{
	char c;

	config_lexer_skip_blank(lexer);
	memset(token, 0, sizeof(*token));
	token->at = config_lexer_here(lexer);
	if (lexer->at == lexer->end) {
		token->type = CONFIG_TOKEN_END;
		return 0;
	}
	c = *lexer->at;
	if (c == '"' || c == '\'') {
		return config_lex_string(lexer, token);
	}
	if (isdigit((unsigned char)c) || c == '-') {
		return config_lex_number(lexer, token);
	}
	if (config_is_word_byte(c)) {
		return config_lex_word(lexer, token);
	}
	return config_lex_sign(lexer, token);
}

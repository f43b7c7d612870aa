/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * number: a decimal number from the command line, for cases whose length or seed can be chosen.
 */
#ifndef TEST_NUMBER_H
#define TEST_NUMBER_H

#include <stdint.h>

uint64_t number_option(const char *word, uint64_t otherwise);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * abi_check: compile-time proof that a structure has the layout of the guest ABI.
 *
 * Every header of this folder states the sizes and offsets that guests depend on, right below
 * the structure. A compiler flag or an edit that moves a field then fails the build of each
 * program that includes the header: hypervisor, toolstack, kit and test alike.
 *
 * tests/abi compares the same layouts with another implementation's headers; these checks are
 * the ones that travel with the headers.
 */
#ifndef LAMINA_PUBLIC_ABI_CHECK_H
#define LAMINA_PUBLIC_ABI_CHECK_H

#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define ABI_CHECK(condition, text) _Static_assert(condition, text)
#else
#define ABI_CHECK(condition, text) extern int (*abi_check_(void))[(condition) ? 1 : -1]
#endif

#define ABI_SIZE(type, bytes) \
	ABI_CHECK(sizeof(type) == (bytes), "guest ABI: wrong size of " #type)
#define ABI_OFFSET(type, field, bytes) \
	ABI_CHECK(__builtin_offsetof(type, field) == (bytes), \
		  "guest ABI: wrong offset of " #type "." #field)

#endif

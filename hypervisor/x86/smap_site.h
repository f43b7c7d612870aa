/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SMAP_SITE 1 and SMAP_SITE 0, for assembly, as a string for inline assembly: room for STAC and CLAC around an access to guest memory.
 * They exist only with SMAP: the sites hold no-ops and are patched at boot (x86/features.c).
 */
#ifndef LAMINA_X86_SMAP_SITE_H
#define LAMINA_X86_SMAP_SITE_H

#ifdef __ASSEMBLY__

.macro SMAP_SITE is_stac
77:	.byte 0x0f, 0x1f, 0x00
	.pushsection .smap_sites, "a", @progbits
	.balign 4
	.long 77b - .
	.long \is_stac
	.popsection
.endm

#else

#define SMAP_SITE(is_stac)                               \
	"77: .byte 0x0f, 0x1f, 0x00\n\t"                 \
	".pushsection .smap_sites, \"a\", @progbits\n\t"   \
	".balign 4\n\t"                                  \
	".long 77b - .\n\t"                              \
	".long " #is_stac "\n\t"                         \
	".popsection\n\t"

#endif
#endif

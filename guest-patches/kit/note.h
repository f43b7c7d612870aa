/* SPDX-License-Identifier: MIT */
/*
 * note: assembly macros that place ELF notes of owner "Xen" into an image.
 *
 * The number of words decides the width that a reader sees: NOTE_LONG is 4 bytes, NOTE_QUAD 8.
 * NOTE_PAIR is for notes that carry a mask and a value.
 */
#ifndef KIT_NOTE_H
#define KIT_NOTE_H

#define NOTE_BEGIN(number)			\
	.pushsection .note.Xen, "a", @note ;	\
	.balign 4 ;				\
	.long 4, 2f - 1f, number ;		\
	.asciz "Xen" ;				\
1:

#define NOTE_END				\
2:	.balign 4 ;				\
	.popsection

#define NOTE_TEXT(number, text)	NOTE_BEGIN(number) .asciz text ; NOTE_END
#define NOTE_LONG(number, value) NOTE_BEGIN(number) .long value ; NOTE_END
#define NOTE_QUAD(number, value) NOTE_BEGIN(number) .quad value ; NOTE_END
#define NOTE_PAIR(number, mask, value) NOTE_BEGIN(number) .quad mask, value ; NOTE_END

#endif

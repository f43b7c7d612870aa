// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extended register state: XSAVE where there is one, FXSAVE otherwise.
 *
 * Images are in standard (not compacted) format. XSAVEOPT may leave out of an image what did not change since the XRSTOR from
 * the same image, which is what a vCPU's image is used for and nothing else. The processor keeps no secrets in the registers
 * when a vCPU leaves: whoever comes next loads a complete image, and idle processors run no guest.
 * SDM vol. 1, chapter 13.
 */
#include "x86/fpu.h"

#include "lib/log.h"
#include "lib/string.h"
#include "x86/cpu.h"
#include "x86/extable.h"

#define XSTATE_X87 1u
#define XSTATE_SSE 2u
#define XSTATE_AVX 4u
#define XSTATE_AVX512 0xe0u
#define XSTATE_BNDREGS 8u
#define XSTATE_BNDCSR 0x10u

#define LEGACY_BYTES 512
#define HEADER_BYTES 64
#define FCW_INIT 0x37f
#define MXCSR_INIT 0x1f80
#define MXCSR_DEFAULT_MASK 0xffbf
#define OFFSET_FCW 0
#define OFFSET_MXCSR 24
#define OFFSET_MXCSR_MASK 28
#define OFFSET_XSTATE_BV LEGACY_BYTES

static u32 mxcsr_mask;

u32 fpu_image_bytes(void)
{
	u32 bytes = cpu_features.has_xsave ? cpu_features.xsave_bytes : LEGACY_BYTES;

	return ALIGN_UP(MAX(bytes, (u32)(LEGACY_BYTES + HEADER_BYTES)), 64u);
}

static void put_u32(void *image, size_t offset, u32 v)
{
	memcpy((u8 *)image + offset, &v, sizeof(v));
}

static u32 get_u32(const void *image, size_t offset)
{
	u32 v;

	memcpy(&v, (const u8 *)image + offset, sizeof(v));
	return v;
}

void fpu_image_init(void *image)
{
	u16 fcw = FCW_INIT;

	memset(image, 0, fpu_image_bytes());
	memcpy((u8 *)image + OFFSET_FCW, &fcw, sizeof(fcw));
	put_u32(image, OFFSET_MXCSR, MXCSR_INIT);
}

void fpu_image_set_legacy(void *image, const void *fxsave)
{
	memset(image, 0, fpu_image_bytes());
	memcpy(image, fxsave, LEGACY_BYTES);
	/* A reserved MXCSR bit would make the restore fault. */
	put_u32(image, OFFSET_MXCSR, get_u32(image, OFFSET_MXCSR) & mxcsr_mask);
	if (cpu_features.has_xsave) {
		put_u32(image, OFFSET_XSTATE_BV, XSTATE_X87 | XSTATE_SSE);
	}
}

static void write_xcr0(u64 v)
{
	__asm__ volatile("xsetbv" :: "c"(0), "a"((u32)v), "d"((u32)(v >> 32)));
}

void fpu_init_cpu(void)
{
	static u8 probe[LEGACY_BYTES] __aligned(64);
	u32 mask;

	__asm__ volatile("clts");
	if (cpu_features.has_xsave) {
		write_xcr0(cpu_features.xcr0);
	}
	if (!mxcsr_mask) {
		__asm__ volatile("fxsave64 %0" : "=m"(probe));
		mask = get_u32(probe, OFFSET_MXCSR_MASK);
		mxcsr_mask = mask ? mask : MXCSR_DEFAULT_MASK;
	}
}

void fpu_save(void *image, u64 xcr0)
{
	__asm__ volatile("clts");
	if (!cpu_features.has_xsave) {
		__asm__ volatile("fxsave64 (%0)" :: "r"(image) : "memory");
		return;
	}
	/* Components that the guest turned off still hold what it put there; save and thus clear them too. */
	if (unlikely(xcr0 != cpu_features.xcr0)) {
		write_xcr0(cpu_features.xcr0);
	}
	if (cpu_features.has_xsaveopt) {
		__asm__ volatile("xsaveopt64 (%0)" :: "r"(image), "a"(~0u), "d"(~0u) : "memory");
	} else {
		__asm__ volatile("xsave64 (%0)" :: "r"(image), "a"(~0u), "d"(~0u) : "memory");
	}
}

/* False when the processor refuses the image. */
static bool try_restore(const void *image)
{
	bool ok = true;

	if (cpu_features.has_xsave) {
		__asm__ volatile("1: xrstor64 (%[image])\n\t"
				 "jmp 3f\n\t"
				 "2: movb $0, %[ok]\n\t"
				 "3:\n\t"
				 EXTABLE("1b", "2b")
				 : [ok] "+m"(ok)
				 : [image] "r"(image), "a"(~0u), "d"(~0u)
				 : "memory");
	} else {
		__asm__ volatile("1: fxrstor64 (%[image])\n\t"
				 "jmp 3f\n\t"
				 "2: movb $0, %[ok]\n\t"
				 "3:\n\t"
				 EXTABLE("1b", "2b")
				 : [ok] "+m"(ok)
				 : [image] "r"(image)
				 : "memory");
	}
	return ok;
}

void fpu_load(void *image, u64 xcr0)
{
	if (unlikely(!try_restore(image))) {
		log_guest(LOG_WARN, "fpu: unusable register image reset\n");
		fpu_image_init(image);
		BUG_ON(!try_restore(image));
	}
	if (unlikely(cpu_features.has_xsave && xcr0 != cpu_features.xcr0)) {
		write_xcr0(xcr0);
	}
}

void fpu_set_xcr0(u64 xcr0)
{
	write_xcr0(xcr0);
}

bool fpu_xcr0_ok(u64 xcr0)
{
	if (!cpu_features.has_xsave || !(xcr0 & XSTATE_X87) || (xcr0 & ~cpu_features.xcr0)) {
		return false;
	}
	if ((xcr0 & XSTATE_AVX) && !(xcr0 & XSTATE_SSE)) {
		return false;
	}
	if ((xcr0 & XSTATE_AVX512) && ((xcr0 & XSTATE_AVX512) != XSTATE_AVX512 || !(xcr0 & XSTATE_AVX))) {
		return false;
	}
	return !(xcr0 & XSTATE_BNDREGS) == !(xcr0 & XSTATE_BNDCSR);
}

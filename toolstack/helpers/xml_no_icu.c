// SPDX-License-Identifier: GPL-2.0-only
/*
 * Debian's libxml2 converts character sets by ICU, whose tables are thirty times as large as the
 * rest of the program. We read UTF-8 only, which the library does by itself, so these stand in for
 * ICU's functions: none of them has a converter.
 */
#include <stddef.h>

#include <unicode/ucnv.h>

UConverter *ucnv_open(const char *name, UErrorCode *error)
{
	(void)name;
	*error = U_FILE_ACCESS_ERROR;
	return NULL;
}

void ucnv_close(UConverter *converter)
{
	(void)converter;
}

void ucnv_convertEx(UConverter *to, UConverter *from, char **target, const char *target_end,
		    const char **source, const char *source_end, UChar *pivot, UChar **pivot_source,
		    UChar **pivot_target, const UChar *pivot_end, UBool reset, UBool flush,
		    UErrorCode *error)
{
	(void)to, (void)from, (void)target, (void)target_end, (void)source, (void)source_end;
	(void)pivot, (void)pivot_source, (void)pivot_target, (void)pivot_end, (void)reset, (void)flush;
	*error = U_UNSUPPORTED_ERROR;
}

void ucnv_setFromUCallBack(UConverter *converter, UConverterFromUCallback action,
			   const void *context, UConverterFromUCallback *old_action,
			   const void **old_context, UErrorCode *error)
{
	(void)converter, (void)action, (void)context, (void)old_action, (void)old_context;
	*error = U_UNSUPPORTED_ERROR;
}

void ucnv_setToUCallBack(UConverter *converter, UConverterToUCallback action, const void *context,
			 UConverterToUCallback *old_action, const void **old_context,
			 UErrorCode *error)
{
	(void)converter, (void)action, (void)context, (void)old_action, (void)old_context;
	*error = U_UNSUPPORTED_ERROR;
}

void UCNV_FROM_U_CALLBACK_STOP(const void *context, UConverterFromUnicodeArgs *args,
			       const UChar *units, int32_t length, UChar32 point,
			       UConverterCallbackReason reason, UErrorCode *error)
{
	(void)context, (void)args, (void)units, (void)length, (void)point, (void)reason, (void)error;
}

void UCNV_TO_U_CALLBACK_STOP(const void *context, UConverterToUnicodeArgs *args, const char *units,
			     int32_t length, UConverterCallbackReason reason, UErrorCode *error)
{
	(void)context, (void)args, (void)units, (void)length, (void)reason, (void)error;
}

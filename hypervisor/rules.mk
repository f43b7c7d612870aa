# SPDX-License-Identifier: GPL-2.0-only
#
# The hypervisor image: $(O)/lamina, one ELF64 file.
# Linked twice: the first link gives the addresses for the symbol table that panics print from; the table stands
# behind the text, so the second link moves no function (checked by comparing the symbols of both).

HV_DIRS := hypervisor $(addprefix hypervisor/,lib x86 mm core pv hypercall dom0)
HV_C := $(filter-out hypervisor/x86/asm_offsets.c,$(wildcard $(addsuffix /*.c,$(HV_DIRS))))
HV_S := $(wildcard $(addsuffix /*.S,$(HV_DIRS)))
HV_OBJECTS := $(call objects,$(HV_S) $(HV_C))
HV_LDS := hypervisor/x86/lamina.lds
HV_GEN := $(O)/hypervisor

HV_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fPIE -fvisibility=hidden -mcmodel=small -mno-red-zone \
	-mgeneral-regs-only -fno-strict-aliasing -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fno-omit-frame-pointer -fcf-protection=none $(WARN) -Ihypervisor -I$(HV_GEN) \
	-ffile-prefix-map=$(CURDIR)=.
HV_LDFLAGS := -T $(HV_LDS) -z max-page-size=4096 -z noexecstack -no-pie --build-id=none --no-warn-rwx-segments

$(O)/hypervisor/%.o: hypervisor/%.c
	$(call compile,$(HV_CFLAGS))

$(O)/hypervisor/%.o: hypervisor/%.S $(HV_GEN)/asm_offsets.h
	$(call compile,$(HV_CFLAGS) -D__ASSEMBLY__)

# asm_offsets.c emits lines "->NAME $value" by inline assembly; assembly sources include the result.
$(HV_GEN)/asm_offsets.h: $(wildcard hypervisor/x86/asm_offsets.c)
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q){ echo '/* Generated from hypervisor/x86/asm_offsets.c. */'; \
	if [ -n "$<" ]; then $(CC) $(HV_CFLAGS) -MMD -MP -MT $@ -MF $@.d -S -o $@.s $< && \
	sed -n 's/^[^>]*->\([A-Za-z0-9_]*\) [$$]*\(-*[0-9a-fx]*\).*/#define \1 \2/p' $@.s; fi; } >$@

symbols = $(NM) -n $(1) | awk -f hypervisor/symbols.awk

$(HV_GEN)/symbols.S: $(HV_GEN)/lamina.first
	$(Q)$(call symbols,$<) >$@

$(HV_GEN)/symbols_none.S: hypervisor/symbols.awk
	$(Q)mkdir -p $(@D) && awk -f hypervisor/symbols.awk </dev/null >$@

$(HV_GEN)/symbols.o $(HV_GEN)/symbols_none.o: %.o: %.S
	$(Q)$(CC) $(HV_CFLAGS) -c -o $@ $<

$(HV_GEN)/lamina.first: $(HV_OBJECTS) $(HV_GEN)/symbols_none.o $(HV_LDS) hypervisor/symbols.awk
	$(call say,LD,$@)
	$(Q)$(LD) $(HV_LDFLAGS) -o $@ $(HV_OBJECTS) $(HV_GEN)/symbols_none.o

$(O)/lamina: $(HV_OBJECTS) $(HV_GEN)/symbols.o
	$(call say,LD,$@)
	$(Q)$(LD) $(HV_LDFLAGS) -Map=$(HV_GEN)/lamina.map -o $@ $^
	$(Q)$(call symbols,$@) | cmp -s - $(HV_GEN)/symbols.S || \
		{ echo "$@: the symbol table moved the text it describes: put it behind .text in $(HV_LDS)" >&2; rm -f $@; exit 1; }

ALL += $(if $(wildcard hypervisor/main.c),$(O)/lamina)
OBJECTS += $(HV_OBJECTS)
-include $(HV_GEN)/asm_offsets.h.d

# SPDX-License-Identifier: GPL-2.0-only
#
# The guest kit: guest-patches/kit/*.c and *.S become $(O)/kit/libkit.a; each main_NAME.c there becomes the kernel
# $(O)/kit/NAME. tests/guest links its images the same way, with $(call kit_kernel,...).

KIT_DIR := guest-patches/kit
KIT_FLAGS := -ffreestanding -fno-pic -fno-pie -mno-red-zone -mgeneral-regs-only -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fcf-protection=none -fno-strict-aliasing -mcmodel=kernel
KIT_CFLAGS := -std=gnu11 -Os -g $(WARN) $(KIT_FLAGS) -Ihypervisor -I$(KIT_DIR) -I.
KIT_LDFLAGS := -nostdlib -static -no-pie -Wl,-T,$(KIT_DIR)/kit.lds -Wl,--build-id=none -Wl,-z,max-page-size=4096 \
	-Wl,-z,noexecstack
KIT_CALLS := hypercall_syscall hypercall_page

kit_objects = $(patsubst %,$(O)/kit/obj/%.o,$(basename $(1)))
KIT_SOURCES := $(call plain,$(KIT_DIR)) drivers/ring/ring.c $(filter-out $(KIT_CALLS:%=$(KIT_DIR)/%.S),$(wildcard $(KIT_DIR)/*.S))
KIT_MAINS := $(call mains,$(KIT_DIR))

$(O)/kit/obj/%.o: %.c
	$(call compile,$(KIT_CFLAGS))

$(O)/kit/obj/%.o: %.S
	$(call compile,$(KIT_CFLAGS))

$(O)/kit/libkit.a: $(call kit_objects,$(KIT_SOURCES))
	$(pack)
OBJECTS += $(call kit_objects,$(KIT_SOURCES) $(KIT_MAINS) $(KIT_CALLS:%=$(KIT_DIR)/%.S))

# $(eval $(call kit_kernel,path under $(O),sources,how hypercalls are made,link flags))
define kit_kernel
$(O)/$(1): $(call kit_objects,$(2) $(KIT_DIR)/$(3).S) $(O)/kit/libkit.a $(KIT_DIR)/kit.lds
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(KIT_LDFLAGS) $(4) -o $$@ $(call kit_objects,$(2) $(KIT_DIR)/$(3).S) \
		-Wl,--undefined=_start $(O)/kit/libkit.a
ALL += $(O)/$(1)
endef
$(foreach m,$(KIT_MAINS),$(eval $(call kit_kernel,kit/$(call program_name,$(m)),$(m),hypercall_syscall)))
$(eval $(call kit_kernel,kit/tiny-page,$(KIT_DIR)/main_tiny.c,hypercall_page))

.PHONY: kit
kit: $(O)/kit/tiny $(O)/kit/tiny-page

# SPDX-License-Identifier: GPL-2.0-only
#
# Lamina's top-level makefile: names, flags, the generic compile rules, and the targets a person types.
# Each room adds its sources in its own rules.mk; sources are found by wildcard, so a new file needs no edit here.
# Nothing is ever written into the source tree: every product lands under $(O).
# docs/howto/build.md explains the rules (which file becomes which program) and the variables.

O ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
NM ?= nm
PYTHON ?= python3

override O := $(patsubst %/,%,$(O))

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-6s %s\n' $(1) $(patsubst $(O)/%,%,$(2))
endif
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

comma := ,
WARN := -Wall -Wextra -Werror
DEPFLAGS = -MMD -MP -MF $(@:.o=.d)
USER_CFLAGS := -std=gnu11 -O2 -g $(WARN) -D_GNU_SOURCE -fno-pie -ffunction-sections -I. -Ihypervisor -Itoolstack \
	-isystem /usr/include/libxml2
USER_LDFLAGS := -static -Wl,--gc-sections

# Rooms add to ALL what "all" builds.
ALL :=

# --- compiling: one recipe, $(call compile,flags); this rule is user space's -----------------------------------------
# $(call make_by,WORD,command): says WORD and the target, makes the target's folder, runs the command.
define make_by
$(call say,$(1),$@)
$(Q)mkdir -p $(@D)
$(Q)$(2)
endef
compile = $(call make_by,$(if $(filter %.S,$<),AS,CC),$(CC) $(1) $(DEPFLAGS) -c -o $@ $<)
pack = $(call make_by,AR,rm -f $@ && $(AR) qcsD $@ $^)

$(O)/%.o: %.c
	$(call compile,$(USER_CFLAGS))

# $(call objects,sources) -> their object files; $(call programs,folders) -> the programs of main_NAME.c files there.
objects = $(patsubst %,$(O)/%.o,$(basename $(1)))
mains = $(wildcard $(addsuffix /main_*.c,$(1)))
plain = $(filter-out $(call mains,$(1)),$(wildcard $(addsuffix /*.c,$(1))))
program_name = $(subst _,-,$(patsubst main_%,%,$(basename $(notdir $(1)))))

# $(eval $(call archive,name,folders)): every .c of the folders that is not a main becomes part of $(O)/lib/lib<name>.a.
define archive
$(O)/lib/lib$(1).a: $$(call objects,$$(call plain,$(2)))
	$$(pack)
OBJECTS += $$(call objects,$$(wildcard $$(addsuffix /*.c,$(2))))
endef

# $(eval $(call program,main file,archives,libraries)): main_NAME.c plus archives become $(O)/bin/NAME.
define program
$(O)/bin/$(call program_name,$(1)): $(call objects,$(1)) $(patsubst %,$(O)/lib/lib%.a,$(2))
	$$(call make_by,LD,$$(CC) $$(USER_LDFLAGS) -o $$@ $$< -Wl$$(comma)--start-group $$(filter %.a,$$^) $$(PROGRAM_LIBS) -Wl$$(comma)--end-group)
$(O)/bin/$(call program_name,$(1)): PROGRAM_LIBS := $(3)
ALL += $(O)/bin/$(call program_name,$(1))
OBJECTS += $(call objects,$(1))
endef

ROOMS := hypervisor toolstack xenbus guest-patches tests
include $(wildcard $(addsuffix /rules.mk,$(ROOMS)) $(addsuffix /*/rules.mk,guest-patches tests))

all: $(ALL)

-include $(OBJECTS:.o=.d)

# --- what a person types ----------------------------------------------------------------------------------------------
.PHONY: all help deps run check test soak fuzz bench iso deb install clean

help:
	@cat docs/howto/targets.txt

deps:
	$(Q)sh tests/image/deps.sh

install: all
	$(Q)sh toolstack/install/install.sh $(O) "$(DESTDIR)"

deb: all
	$(Q)sh toolstack/install/deb.sh $(O)

clean:
	$(Q)rm -rf $(O)

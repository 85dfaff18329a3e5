# SPDX-License-Identifier: MIT
#
# The pages of the authorization endpoint, which need no JavaScript: their
# templates, and the style that they share with the React pages, become one
# header, build/page_templates.h, which src/api/page.c includes.

BUILD ?= build
PLAIN_GENERATED := $(BUILD)/page_templates.h
PLAIN_TEMPLATES := $(sort $(wildcard html/plain/*.html html/plain/*.json))
PLAIN_STYLES := $(patsubst %,html/src/styles/%.css,tokens base layout parts form)

.PHONY: plain

plain: $(PLAIN_GENERATED)

$(BUILD)/style.css: $(PLAIN_STYLES) html/plain/plain.mk
	@mkdir -p $(@D)
	@cat $(PLAIN_STYLES) | awk '/^ *\/\*/ { comment = 1 } \
	    !comment && NF { sub(/^ +/, ""); print } /\*\/ *$$/ { comment = 0 }' >$@

# nginx's makefile does not know that page.c reads the header.
$(PLAIN_GENERATED): tools/embed $(PLAIN_TEMPLATES) $(BUILD)/style.css
	@rm -f $(BUILD)/nginx-*/addon/api/page.o
	@tools/embed page $@ $(PLAIN_TEMPLATES) $(BUILD)/style.css
	@echo "#define PAGE_STYLE_VERSION \"$$(cksum <$(BUILD)/style.css | cut -d' ' -f1)\"" >>$@

$(BUILD)/unit/test_page.o: UNIT_CFLAGS += -I$(BUILD)
$(BUILD)/unit/test_page.o: $(PLAIN_GENERATED)

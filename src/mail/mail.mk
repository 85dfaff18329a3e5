# SPDX-License-Identifier: MIT
#
# The templates of mails become one header, build/mail_templates.h, which
# src/mail/template.c includes: its folder is one to search (-I build).
# Without make:
#
#     tools/embed mail build/mail_templates.h src/mail/templates/*

BUILD ?= build
MAIL_TEMPLATES := $(sort $(wildcard src/mail/templates/*))
MAIL_GENERATED := $(BUILD)/mail_templates.h
OAUTH2_CPPFLAGS += -I$(BUILD)

.PHONY: mail

mail: $(MAIL_GENERATED)

# nginx's makefile does not know that template.c reads the header.
$(MAIL_GENERATED): tools/embed $(MAIL_TEMPLATES)
	@mkdir -p $(@D)
	@rm -f $(BUILD)/nginx-*/addon/mail/template.o
	@tools/embed mail $@ $(MAIL_TEMPLATES)

$(BUILD)/unit/test_mail.o: UNIT_CFLAGS += -I$(BUILD)
$(BUILD)/unit/test_mail.o: $(MAIL_GENERATED)

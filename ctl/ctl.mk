# SPDX-License-Identifier: MIT
#
# oauth2ctl, and the program that it hashes passwords with.

CTL_HASH := $(BUILD)/oauth2-hash
CTL_SOURCES := ctl/hash.c src/core/password.c src/core/str.c

.PHONY: ctl

ctl: $(CTL_HASH) $(BUILD)/oauth2ctl ## the command for clients and users: build/oauth2ctl

$(CTL_HASH): $(CTL_SOURCES) $(wildcard src/core/*.h)
	@mkdir -p $(@D)
	@$(CC) $(OAUTH2_CPPFLAGS) $(OAUTH2_CFLAGS) -fPIE -pie $(OAUTH2_LDFLAGS) \
	    -o $@ $(CTL_SOURCES) -lcrypt -lcrypto

$(BUILD)/oauth2ctl: ctl/oauth2ctl
	@mkdir -p $(@D)
	@cp $< $@

# SPDX-License-Identifier: MIT
#
# oauth2ctl, and the programs that hash passwords and seal secrets for it.

CTL_HASH := $(BUILD)/oauth2-hash
CTL_SOURCES := ctl/hash.c src/core/password.c src/core/str.c
CTL_SEAL := $(BUILD)/oauth2-seal
CTL_SEAL_SOURCES := ctl/seal.c $(addprefix src/core/,secret.c digest.c encode.c buf.c \
	pool.c str.c)

.PHONY: ctl

CTL_PROGRAMS := $(CTL_HASH) $(CTL_SEAL) $(BUILD)/oauth2ctl

ctl: $(CTL_PROGRAMS) ## the command for clients and users: build/oauth2ctl

$(CTL_HASH): $(CTL_SOURCES) $(wildcard src/core/*.h)
	@mkdir -p $(@D)
	@$(CC) $(OAUTH2_CPPFLAGS) $(OAUTH2_CFLAGS) -fPIE -pie $(OAUTH2_LDFLAGS) \
	    -o $@ $(CTL_SOURCES) -lcrypt -lcrypto

$(CTL_SEAL): $(CTL_SEAL_SOURCES) $(wildcard src/core/*.h)
	@mkdir -p $(@D)
	@$(CC) $(OAUTH2_CPPFLAGS) $(OAUTH2_CFLAGS) -fPIE -pie $(OAUTH2_LDFLAGS) \
	    -o $@ $(CTL_SEAL_SOURCES) -lcrypto

$(BUILD)/oauth2ctl: ctl/oauth2ctl
	@mkdir -p $(@D)
	@cp $< $@

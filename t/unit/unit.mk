# SPDX-License-Identifier: MIT
#
# The unit tests: each test_*.c becomes a program that includes the file it
# tests and takes the rest from a library.  All of it is compiled with
# OAUTH2_TEST and under AddressSanitizer and UBSan.

CC ?= cc
BUILD ?= build
UNIT_DIR := $(BUILD)/unit
UNIT_TESTS := $(patsubst t/unit/%.c,$(UNIT_DIR)/%,\
	$(sort $(wildcard t/unit/test_*.c)))
UNIT_OBJECTS := $(patsubst %.c,$(UNIT_DIR)/%.o,\
	$(wildcard src/core/*.c src/flow/*.c))
UNIT_CFLAGS := -std=gnu11 -O1 -g -Wall -Wextra -Werror -DOAUTH2_TEST \
	-fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
UNIT_CPPFLAGS = $(shell pkg-config --cflags libpq)
UNIT_LIBS := -lcmocka -ljwt -lyajl -lcrypto -lcrypt -lpq -lprotobuf-c

.PHONY: unit

unit: $(UNIT_TESTS) ## the unit tests, under ASan and UBSan
	@failed=; for test in $(UNIT_TESTS); do \
	    echo "$$test"; $$test || failed="$$failed $$test"; \
	done; \
	[ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

$(UNIT_DIR)/core.a: $(UNIT_OBJECTS)
	@rm -f $@ && ar rcs $@ $^

$(UNIT_DIR)/src/%.o: src/%.c
	@mkdir -p $(@D)
	@$(CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

# Some tests take the worker's messages in.
UNIT_MESSAGES := $(BUILD)/worker/temporal.pb-c.h

$(UNIT_DIR)/test_%.o: t/unit/test_%.c $(UNIT_MESSAGES)
	@mkdir -p $(@D)
	@$(CC) $(UNIT_CPPFLAGS) -I$(dir $(UNIT_MESSAGES)) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

$(UNIT_DIR)/test_%: $(UNIT_DIR)/test_%.o $(UNIT_DIR)/core.a
	@$(CC) $(UNIT_CFLAGS) -o $@ $^ $(UNIT_LIBS)

.PRECIOUS: $(UNIT_DIR)/%.o

-include $(wildcard $(UNIT_DIR)/*.d $(UNIT_DIR)/src/*/*.d)

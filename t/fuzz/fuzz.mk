# SPDX-License-Identifier: MIT
#
# The fuzzers (libFuzzer, with ASan and UBSan): each fuzz_*.c is one.
#   make fuzz-smoke                a fixed number of runs of each
#   make fuzz FUZZ_SECONDS=600     each for so long; what it learns stays
# An input that breaks something lands in build/fuzz/.  seeds/ holds, for
# each fuzzer, an input that its readers accept; a key is made, not kept.

BUILD ?= build
FUZZ_CC ?= clang
FUZZ_RUNS ?= 20000
FUZZ_SECONDS ?= 60
FUZZ_DIR := $(BUILD)/fuzz
FUZZERS := $(patsubst t/fuzz/%.c,%,$(sort $(wildcard t/fuzz/fuzz_*.c)))
FUZZ_PROGRAMS := $(FUZZERS:%=$(FUZZ_DIR)/%)
FUZZ_SEEDS := $(FUZZERS:%=$(FUZZ_DIR)/seeds/%)
FUZZ_OBJECTS := $(patsubst %.c,$(FUZZ_DIR)/%.o,$(wildcard src/core/*.c))
FUZZ_CFLAGS := -std=gnu11 -O1 -g -Wall -Wextra -Werror \
	-DOAUTH2_POOL_CHUNK=0 -fno-omit-frame-pointer \
	-fno-sanitize-recover=all
FUZZ_ARGUMENTS := -max_len=2048 -timeout=10 -dict=t/fuzz/words.dict \
	-verbosity=0 -print_funcs=0 -artifact_prefix=$(FUZZ_DIR)/

.PHONY: fuzz fuzz-smoke

fuzz-smoke: $(FUZZ_PROGRAMS) $(FUZZ_SEEDS) ## each fuzzer for a moment
	@cd $(FUZZ_DIR) && for name in $(FUZZERS); do \
	    rm -rf $$name.smoke; mkdir $$name.smoke; \
	    cp seeds/$$name $$name.smoke; \
	done
	@for name in $(FUZZERS); do \
	    $(FUZZ_DIR)/$$name -runs=$(FUZZ_RUNS) -seed=1 $(FUZZ_ARGUMENTS) \
	        $(FUZZ_DIR)/$$name.smoke >$(FUZZ_DIR)/$$name.log 2>&1 || \
	    { cat $(FUZZ_DIR)/$$name.log >&2; \
	      echo "$$name found something" >&2; exit 1; }; \
	    echo "$$name: $(FUZZ_RUNS) runs, nothing found"; \
	done

fuzz: $(FUZZ_PROGRAMS) $(FUZZ_SEEDS) ## each fuzzer for FUZZ_SECONDS
	@for name in $(FUZZERS); do \
	    mkdir -p $(FUZZ_DIR)/$$name.corpus; \
	    cp $(FUZZ_DIR)/seeds/$$name $(FUZZ_DIR)/$$name.corpus; \
	    echo "$$name: $(FUZZ_SECONDS) seconds"; \
	    $(FUZZ_DIR)/$$name -max_total_time=$(FUZZ_SECONDS) \
	        $(FUZZ_ARGUMENTS) $(FUZZ_DIR)/$$name.corpus || \
	    { echo "$$name found something" >&2; exit 1; }; \
	done

$(FUZZ_DIR)/seeds/fuzz_key:
	@mkdir -p $(@D)
	@openssl ecparam -name prime256v1 -genkey -noout -out $@

$(FUZZ_DIR)/seeds/%: t/fuzz/seeds/%
	@mkdir -p $(@D)
	@cp $< $@

$(FUZZ_DIR)/core.a: $(FUZZ_OBJECTS)
	@rm -f $@ && ar rcs $@ $^

$(FUZZ_DIR)/src/%.o: src/%.c
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(FUZZ_CFLAGS) -MMD -MP \
	    -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

# Some fuzzers take the worker's messages in.
FUZZ_MESSAGES := $(BUILD)/worker/temporal.pb-c.h

$(FUZZ_DIR)/fuzz_%.o: t/fuzz/fuzz_%.c $(FUZZ_MESSAGES)
	@mkdir -p $(@D)
	@$(FUZZ_CC) -I$(dir $(FUZZ_MESSAGES)) $(FUZZ_CFLAGS) -MMD -MP \
	    -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

$(FUZZ_DIR)/fuzz_%: $(FUZZ_DIR)/fuzz_%.o $(FUZZ_DIR)/core.a
	@$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $^ \
	    -ljwt -lyajl -lcrypto -lcrypt -lprotobuf-c

.PRECIOUS: $(FUZZ_DIR)/%.o

-include $(wildcard $(FUZZ_DIR)/*.d $(FUZZ_DIR)/src/*/*.d)

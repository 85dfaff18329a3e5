# SPDX-License-Identifier: MIT
#
# The fuzzers (libFuzzer, with ASan and UBSan): each fuzz_*.c is one.
#   make fuzz-smoke                a fixed number of runs of each
#   make fuzz FUZZ_SECONDS=600     each for so long; what it learns stays
# An input that breaks something lands in build/fuzz/.

BUILD ?= build
FUZZ_CC ?= clang
FUZZ_RUNS ?= 20000
FUZZ_SECONDS ?= 60
FUZZ_DIR := $(BUILD)/fuzz
FUZZERS := $(patsubst t/fuzz/%.c,$(FUZZ_DIR)/%,\
	$(sort $(wildcard t/fuzz/fuzz_*.c)))
FUZZ_OBJECTS := $(patsubst %.c,$(FUZZ_DIR)/%.o,$(wildcard src/core/*.c))
FUZZ_CFLAGS := -std=gnu11 -O1 -g -Wall -Wextra -Werror \
	-DOAUTH2_POOL_CHUNK=0 -fno-omit-frame-pointer \
	-fno-sanitize-recover=all
FUZZ_ARGUMENTS := -max_len=2048 -timeout=10 -dict=t/fuzz/words.dict \
	-verbosity=0 -print_funcs=0 -artifact_prefix=$(FUZZ_DIR)/

.PHONY: fuzz fuzz-smoke

fuzz-smoke: $(FUZZERS) ## each fuzzer for a moment
	@for fuzzer in $(FUZZERS); do \
	    $$fuzzer -runs=$(FUZZ_RUNS) -seed=1 $(FUZZ_ARGUMENTS) \
	        >$$fuzzer.log 2>&1 || \
	    { cat $$fuzzer.log >&2; echo "$$fuzzer found something" >&2; \
	      exit 1; }; \
	    echo "$$fuzzer: $(FUZZ_RUNS) runs, nothing found"; \
	done

fuzz: $(FUZZERS) ## each fuzzer for FUZZ_SECONDS
	@for fuzzer in $(FUZZERS); do \
	    mkdir -p $$fuzzer.corpus; \
	    echo "$$fuzzer: $(FUZZ_SECONDS) seconds"; \
	    $$fuzzer -max_total_time=$(FUZZ_SECONDS) $(FUZZ_ARGUMENTS) \
	        $$fuzzer.corpus || \
	    { echo "$$fuzzer found something" >&2; exit 1; }; \
	done

$(FUZZ_DIR)/core.a: $(FUZZ_OBJECTS)
	@rm -f $@ && ar rcs $@ $^

$(FUZZ_DIR)/src/%.o: src/%.c
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(FUZZ_CFLAGS) -MMD -MP \
	    -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

$(FUZZ_DIR)/fuzz_%.o: t/fuzz/fuzz_%.c
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(FUZZ_CFLAGS) -MMD -MP \
	    -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

$(FUZZ_DIR)/fuzz_%: $(FUZZ_DIR)/fuzz_%.o $(FUZZ_DIR)/core.a
	@$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $^ \
	    -ljwt -lyajl -lcrypto -lcrypt

.PRECIOUS: $(FUZZ_DIR)/%.o

-include $(wildcard $(FUZZ_DIR)/*.d $(FUZZ_DIR)/src/*/*.d)

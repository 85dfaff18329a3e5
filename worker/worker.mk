# SPDX-License-Identifier: MIT
#
# The worker: build/oauth2-worker.

WORKER := $(BUILD)/oauth2-worker
WORKER_DIR := $(BUILD)/worker
WORKER_LIBS := libevent libnghttp2 libprotobuf-c libpq \
	libcrypto libcurl yajl

WORKER_CPPFLAGS = $(OAUTH2_CPPFLAGS) -I$(WORKER_DIR) \
	$(shell pkg-config --cflags $(WORKER_LIBS))
WORKER_SOURCES := $(wildcard worker/*.c src/flow/operation.c src/db/*.c \
	src/mail/*.c) \
	$(filter-out src/core/jwt% src/core/password.c src/core/form.c, \
	    $(wildcard src/core/*.c)) $(FAULT_SOURCES)
WORKER_OBJECTS = $(patsubst %.c,$(WORKER_DIR)/%.o,$(WORKER_SOURCES)) \
	$(patsubst %.c,$(WORKER_DIR)/%.o,$(filter %.c,$(MAIL_GENERATED))) \
	$(WORKER_DIR)/temporal.pb-c.o

worker: $(WORKER) ## the Temporal worker: build/oauth2-worker

$(WORKER_DIR)/temporal.pb-c.c $(WORKER_DIR)/temporal.pb-c.h &: \
		worker/temporal.proto
	@mkdir -p $(WORKER_DIR)
	@protoc-c --proto_path=worker --c_out=$(WORKER_DIR) worker/temporal.proto

$(WORKER_DIR)/temporal.pb-c.o: $(WORKER_DIR)/temporal.pb-c.c
	@$(CC) $(WORKER_CPPFLAGS) $(OAUTH2_CFLAGS) -c -o $@ $<

$(WORKER_DIR)/%.o: %.c $(WORKER_DIR)/temporal.pb-c.h $(MAIL_GENERATED)
	@mkdir -p $(@D)
	@$(CC) $(WORKER_CPPFLAGS) $(OAUTH2_CFLAGS) -MMD -MP -c -o $@ $<

$(WORKER): $(WORKER_OBJECTS)
	@$(CC) $(OAUTH2_LDFLAGS) -o $@ $(WORKER_OBJECTS) \
	    $(shell pkg-config --libs $(WORKER_LIBS)) -lpthread

-include $(wildcard $(WORKER_DIR)/*/*.d $(WORKER_DIR)/*/*/*.d)

# SPDX-License-Identifier: MIT
#
# The worker: build/oauth2-worker.

WORKER := $(BUILD)/oauth2-worker
WORKER_DIR := $(BUILD)/worker
WORKER_LIBS := libevent libevent_openssl libnghttp2 libprotobuf-c libpq \
	libssl libcrypto libcurl yajl

WORKER_CPPFLAGS = $(OAUTH2_CPPFLAGS) -I$(WORKER_DIR) \
	$(shell pkg-config --cflags $(WORKER_LIBS))
WORKER_SOURCES := $(wildcard worker/*.c src/flow/operation.c src/db/*.c \
	src/mail/*.c src/egress/*.c) \
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

# The decision function alone, over histories that t/worker recorded; and
# worker and replay with other tables, t/worker/tables/<name>.def.

REPLAY := $(BUILD)/replay
REPLAY_OBJECTS = $(filter $(WORKER_DIR)/worker/decide% \
	$(WORKER_DIR)/worker/command.o $(WORKER_DIR)/worker/payload.o \
	$(WORKER_DIR)/worker/pb.o $(WORKER_DIR)/src/core/% \
	$(WORKER_DIR)/src/flow/% %.pb-c.o,$(WORKER_OBJECTS)) \
	$(WORKER_DIR)/t/worker/replay.o
TABLES := $(patsubst t/worker/tables/%.def,%,$(wildcard t/worker/tables/*.def))

replay: $(REPLAY) $(TABLES:%=$(WORKER)-%) $(TABLES:%=$(REPLAY)-%) ## what t/worker replays with

$(REPLAY): $(REPLAY_OBJECTS)
	@$(CC) $(OAUTH2_LDFLAGS) -o $@ $(REPLAY_OBJECTS) \
	    $(shell pkg-config --libs $(WORKER_LIBS))

$(WORKER_DIR)/operation-%.o: t/worker/tables/%.def $(WORKER_DIR)/src/flow/operation.o
	@$(CC) $(WORKER_CPPFLAGS) -DOAUTH2_OPERATIONS='"../../$<"' \
	    $(OAUTH2_CFLAGS) -c -o $@ src/flow/operation.c

$(WORKER)-%: $(WORKER_DIR)/operation-%.o $(WORKER_OBJECTS)
	@$(CC) $(OAUTH2_LDFLAGS) -o $@ $< \
	    $(filter-out %/flow/operation.o,$(WORKER_OBJECTS)) \
	    $(shell pkg-config --libs $(WORKER_LIBS)) -lpthread

$(REPLAY)-%: $(WORKER_DIR)/operation-%.o $(REPLAY_OBJECTS)
	@$(CC) $(OAUTH2_LDFLAGS) -o $@ $< \
	    $(filter-out %/flow/operation.o,$(REPLAY_OBJECTS)) \
	    $(shell pkg-config --libs $(WORKER_LIBS))

.PRECIOUS: $(WORKER_DIR)/operation-%.o

-include $(wildcard $(WORKER_DIR)/*/*.d $(WORKER_DIR)/*/*/*.d)

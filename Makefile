# SPDX-License-Identifier: MIT
#
# Builds everything into build/.  "make help" lists the targets.  ./dev is
# the entry for people: it installs what is missing and then comes here.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules --no-print-directory

ifneq ($(words $(CURDIR)),1)
$(error the path of this checkout has a space in it, which nginx's configure \
cannot take: move it)
endif

.PHONY: help all module worker pages pages-test mail plain unit fuzz-smoke nginx-asan faults \
	interop check clean FORCE

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

all: module worker ctl pages ## the module, the worker, oauth2ctl and the pages

CC ?= cc
BUILD := build
NGINX ?= /usr/sbin/nginx
NGINX_SRC ?= /usr/share/nginx/src

# What compiles our own C, everywhere; hardened as Debian hardens nginx.
OAUTH2_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror \
	-fstack-protector-strong -Wformat -Werror=format-security -fPIC
OAUTH2_CPPFLAGS := -D_FORTIFY_SOURCE=2
OAUTH2_LDFLAGS := -Wl,-z,relro -Wl,-z,now

# The test build that can be stopped at points: make faults.
ifeq ($(origin OAUTH2_FAULTS),command line)
OAUTH2_CPPFLAGS += -DOAUTH2_FAULTS
FAULT_SOURCES := t/faults/fault.c
export OAUTH2_FAULTS
endif

# nginx's own headers leave parameters unused.
NGINX_CFLAGS := $(OAUTH2_CPPFLAGS) $(OAUTH2_CFLAGS) -Wno-unused-parameter

# Sets MAIL_GENERATED, which the module and the worker compile.
-include src/mail/mail.mk

# Sets PLAIN_GENERATED, which the module compiles.
-include html/plain/plain.mk

# A build belongs to one folder, one nginx and one list of files: this file
# changes with them.
IDENTITY := $(BUILD)/identity
$(IDENTITY): FORCE
	@mkdir -p $(BUILD)
	@{ echo "$(CURDIR)"; echo src/*/*; $(NGINX) -V 2>&1; \
	   [[ ! -e $(NGINX_SRC)/conf_flags ]] || cksum $(NGINX_SRC)/conf_flags; \
	 } >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@


# The module for the nginx that Debian installs.  nginx's own makefile
# knows which objects a change touches; this one when to ask it.

MODULE := $(BUILD)/module/ngx_http_oauth2_module.so
MODULE_SOURCES := config $(wildcard *.c src/*/*.c src/*/*.h src/*/*.def) \
	$(MAIL_GENERATED) $(PLAIN_GENERATED) $(FAULT_SOURCES)
NGINX_BUILD := $(CURDIR)/$(BUILD)/nginx-debian

module: $(MODULE) ## the dynamic module for Debian's nginx: build/module

$(NGINX_BUILD)/Makefile: config Makefile $(IDENTITY)
	@echo "configuring the module for $$($(NGINX) -v 2>&1)"
	@rm -rf $(NGINX_BUILD) && mkdir -p $(NGINX_BUILD)
	@. $(NGINX_SRC)/conf_flags && cd $(NGINX_SRC) && \
	./configure "$${NGX_CONF_FLAGS[@]}" --builddir=$(NGINX_BUILD) \
	    --with-cc-opt="$(NGINX_CFLAGS)" --with-ld-opt="$(OAUTH2_LDFLAGS)" \
	    --add-dynamic-module=$(CURDIR) >$(NGINX_BUILD)/configure.log 2>&1 || \
	{ cat $(NGINX_BUILD)/configure.log >&2; exit 1; }

$(MODULE): $(NGINX_BUILD)/Makefile $(MODULE_SOURCES)
	@mkdir -p $(@D)
	+@echo "compiling the module"; cd $(NGINX_SRC) && \
	$(MAKE) -f $(NGINX_BUILD)/Makefile modules >$(NGINX_BUILD)/make.log
	@cp $(NGINX_BUILD)/$(@F) $@.new && mv $@.new $@


# nginx with the module inside, under the sanitizers, for the tests: all of
# it under ASan, and ours under UBSan too (nginx has findings of its own).

NGINX_ASAN := $(BUILD)/nginx-asan/nginx
ASAN_SRC := $(BUILD)/nginx-src
ASAN_BUILD := $(CURDIR)/$(BUILD)/nginx-asan
ASAN_CFLAGS := -std=gnu11 -g -O1 -fno-omit-frame-pointer \
	-fsanitize=address -DNGX_DEBUG_PALLOC=1 \
	-Wall -Wextra -Wno-unused-parameter

ASAN_WITHOUT := autoindex browser fastcgi grpc memcached mirror \
	scgi split_clients ssi userid uwsgi

nginx-asan: $(NGINX_ASAN) ## a newer nginx with the module, under ASan and UBSan

$(ASAN_SRC)/.complete: tools/nginx-source
	@tools/nginx-source $(ASAN_SRC)
	@touch $@

$(ASAN_BUILD)/Makefile: $(ASAN_SRC)/.complete config Makefile $(IDENTITY)
	@echo "configuring nginx $$(tools/nginx-source -v $(ASAN_SRC))" \
	    "with sanitizers"
	@rm -rf $(ASAN_BUILD) && mkdir -p $(ASAN_BUILD)
	@cd $(ASAN_SRC) && $$([ -x configure ] && echo ./configure || \
	    echo auto/configure) \
	    --builddir=$(ASAN_BUILD) --prefix=/nonexistent --with-debug \
	    --with-compat --with-threads --with-http_ssl_module \
	    --with-http_v2_module --with-http_realip_module \
	    --with-http_auth_request_module --with-http_sub_module \
	    --with-http_stub_status_module \
	    $(ASAN_WITHOUT:%=--without-http_%_module) \
	    --with-cc-opt="$(ASAN_CFLAGS)" \
	    --with-ld-opt="-fsanitize=address,undefined" \
	    --add-module=$(CURDIR) >$(ASAN_BUILD)/configure.log 2>&1 || \
	{ cat $(ASAN_BUILD)/configure.log >&2; exit 1; }
	@echo '$(ASAN_BUILD)/addon/%.o: CFLAGS += -fsanitize=undefined' >>$@

$(NGINX_ASAN): $(ASAN_BUILD)/Makefile $(MODULE_SOURCES)
	+@echo "compiling nginx with sanitizers"; cd $(ASAN_SRC) && \
	$(MAKE) -f $(ASAN_BUILD)/Makefile >$(ASAN_BUILD)/make.log
	@touch $@


# The module and the worker once more, with points at which a test can stop
# them (src/core/fault.h): for t/faults, and for nothing else.

faults: $(MAIL_GENERATED) $(PLAIN_GENERATED) ## the test build of t/faults: build/faults
	+@$(MAKE) BUILD=build/faults OAUTH2_FAULTS=yes module worker


# The pages.  Where the system's Node is too old, ./dev has put another
# one into .run/venv and its folder into PATH.

PAGES := $(BUILD)/html/index.html
PAGES_SOURCES := $(shell find html -name node_modules -prune -o \
	-type f -print 2>/dev/null) docs/openapi.yaml
NPM_DONE := html/node_modules/.installed

pages: $(PAGES) ## the React pages: build/html

# The client libraries of t/http/test_interop.py.
interop: t/interop/node_modules/.installed

t/interop/node_modules/.installed: t/interop/package-lock.json
	@echo "installing the client libraries of the tests"
	@cd t/interop && npm ci --no-audit --no-fund --no-update-notifier \
	    --loglevel=error </dev/null >/dev/null
	@touch $@

$(NPM_DONE): html/package-lock.json
	@echo "installing what the pages are built with"
	@cd html && npm ci --ignore-scripts --no-audit --no-fund \
	    --no-update-notifier --loglevel=error </dev/null >/dev/null
	@touch $@

$(PAGES): $(NPM_DONE) $(PAGES_SOURCES)
	@cd html && npm run --silent build -- --outDir ../$(BUILD)/html \
	    --emptyOutDir --logLevel warn
	@touch $@

pages-test: $(NPM_DONE) ## the unit tests of the pages
	@cd html && npm test --silent </dev/null


# Each of these parts has a makefile of its own, with its own targets.

-include ctl/ctl.mk
-include worker/worker.mk
-include t/unit/unit.mk
-include t/fuzz/fuzz.mk


# It starts a cluster as the tests do, with their Python.
PYTHON ?= $(firstword $(wildcard .run/venv-test/bin/python) python3)

check: ## style, layers, symbols, SQL, cppcheck
	@$(PYTHON) tools/check

clean: ## forget everything built
	rm -rf $(BUILD)

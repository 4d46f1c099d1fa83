# A thin front: what each word does is one or two lines below. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run build deps test bench fuzz docs install clean distclean
SHELL := /bin/bash

DATA    ?=
PROJECT ?=
PREFIX  ?= /usr/local
FOR     ?= 300
RELEASE := build/release

help: ## list what there is
	@echo "make run               build, make up a small shop, run the main job on it, say where the report is"
	@echo "make run DATA=folder   the same with your own files (they are only read)"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | grep -v '^make run' | expand -t 23

deps: ## get what is needed: packages of the system, pinned packages (checked) into build/deps
	@deps/debian run
	@deps/get

build: deps ## build the program and its front end
	@[ -f $(RELEASE)/build.ninja ] || cmake --preset release >/dev/null
	@cmake --build $(RELEASE) --target foresell web

run: build ## see above
	@FORESELL=$(RELEASE)/foresell deps/run '$(subst ','\'',$(DATA))' '$(subst ','\'',$(PROJECT))'

test: deps ## build and run all tests, with sanitizers and a short fuzz
	@deps/debian test
	@tests/run

bench: build ## measure speed and memory (bench/README.md)
	@bench/run

fuzz: deps ## fuzz everything that parses, FOR=300 seconds each
	@deps/debian test
	@FUZZ_SECONDS=$(FOR) tests/run fuzz

docs: build ## write the generated pages again: manual, completions, references, Python's functions
	@$(RELEASE)/foresell docs --into docs
	@$(RELEASE)/foresell operators --json | python3 python/generate.py -

install: build ## install into PREFIX (default /usr/local)
	@cmake --build $(RELEASE) --target foresell_shared
	@cmake --install $(RELEASE) --prefix '$(abspath $(PREFIX))' >/dev/null
	@echo "installed: $(abspath $(PREFIX))/bin/foresell"

clean: ## remove what was built; keeps the dependencies and the projects made by make run
	@rm -rf build/release build/asan-ubsan build/tsan build/fuzz build/clang-tidy web/dist

distclean: clean ## remove all of build/, dependencies too
	@rm -rf build web/node_modules

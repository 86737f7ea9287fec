# Every verb fetches what it needs first (quick when nothing is missing). `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
DEPS  := .tools/deps.sh
GO    := go
WEB   := dashboard/web
export ZHIHUI_SHARED ?= $(abspath ../shared)
# Where tests leave their tables, which make test prints at its end: go test hides what passing tests print.
export ZHIHUI_REPORT ?= $(abspath .cache/report)

# Everything is compiled with -trimpath, as what is shipped, so that builds, tests and tools compile it once and not each anew.

# The pixel worker and what is inside it are the only packages that need a C compiler, OpenCV and FFmpeg.
CGO_ONLY := zhihui/cmd/zhihui-vision|zhihui/detect/vision(/|$$)
PURE      = $$($(GO) list ./... | grep -vE '$(CGO_ONLY)')

.PHONY: help deps build web demo test test-web test-pure test-race e2e soak fuzz lint bench generate screenshots clean

help: ## list the verbs
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## fetch everything that any verb needs (Debian packages, front-end packages, ONNX Runtime)
	@$(DEPS) build demo test lint bench

build: ## build bin/zhihui, bin/zhihui-vision and bin/sitesim
	@$(DEPS) build
	@$(MAKE) --no-print-directory web
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/zhihui ./cmd/zhihui
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/sitesim ./cmd/sitesim
	CGO_ENABLED=1 $(GO) build -trimpath -o bin/zhihui-vision ./cmd/zhihui-vision

web: $(WEB)/dist/index.html
$(WEB)/dist/index.html: $(shell git ls-files $(WEB) 2>/dev/null | grep -v '/dist/')
	cd $(WEB) && npm run build

demo: build ## start a simulated site and the product; FOR=90s ends it by itself
	@$(DEPS) demo
	@.tools/demo.sh "$(FOR)"

test: ## run all tests: front end, pure Go without cgo, everything with the race detector, end to end
	@$(DEPS) test
	@.tools/stale.sh
	@$(MAKE) --no-print-directory build test-web test-pure test-race e2e
	@for table in $(ZHIHUI_REPORT)/*.txt; do [ ! -f $$table ] || { echo; cat $$table; }; done

test-web:
	cd $(WEB) && npm test

test-pure: # four at a time of those that may run beside each other: they wait more than they work
	CGO_ENABLED=0 $(GO) test -trimpath -parallel 4 -timeout 10m $(PURE)

# What is long for its many pictures, rows or real seconds has run in test-pure, once. SQLite, which is C made Go and keeps its
# memory outside of what the race detector sees, is not slowed down by it.
test-race:
	CGO_ENABLED=1 $(GO) test -race -short -trimpath -gcflags='modernc.org/...=-race=false' -timeout 15m ./...

e2e: ## the whole product in Chromium against the simulated site
	@$(DEPS) test
	@$(MAKE) --no-print-directory build
	cd $(WEB) && npm run e2e

soak: ## what takes longer: 1,000 kills of the real binary under load
	@$(DEPS) test
	@$(MAKE) --no-print-directory build
	ZHIHUI_KILLS=1000 $(GO) test -timeout 4h -count 1 -run Kill ./cmd/zhihui

FUZZTIME ?= 10s
fuzz: ## attack each parser of outside bytes for FUZZTIME (10s)
	@$(DEPS) build
	@.tools/fuzz.sh "$(FUZZTIME)"

lint: ## gofmt, go vet, staticcheck, eslint, vue-tsc; secrets, known holes
	@$(DEPS) lint
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run gofmt -w on these files"; exit 1; }
	CGO_ENABLED=1 $(GO) vet -trimpath ./...
	GOFLAGS=-trimpath $(GO) tool -modfile=.tools/go.mod staticcheck ./...
	cd $(WEB) && npm run lint && npm run typecheck
	@.tools/scan.sh

bench: ## measure beside the peers (FOR=10m measures longer), then the benchmarks of single functions
	@$(DEPS) build bench
	@$(MAKE) --no-print-directory build
	@for name in ingest analysis reconnect relay scale; do $(GO) run ./cmd/bench $$name $(and $(FOR),--for $(FOR)) || exit; done
	@for name in growth record recall sensors; do $(GO) run ./cmd/bench $$name || exit; done
	$(GO) test -run '^$$' -bench . -benchmem $(PURE)

generate: ## make the generated files again: API, vision protocol, TypeScript
	@$(DEPS) lint
	$(GO) generate ./...
	cd $(WEB) && npm run generate

screenshots: build ## write the main pages as pictures to .cache/screenshots, and fail by what is wrong on them
	@$(DEPS) test
	cd $(WEB) && npm run screenshots

clean: ## remove what was built
	rm -rf bin $(WEB)/dist/assets $(WEB)/dist/index.html

# Run "make help" for what can be done here.

VERSION := $(shell sed -n 's/^ *Version = "\(.*\)"/\1/p' FyneApp.toml)
EXE      = $(shell go env GOEXE)

# Tests and checks never compile the OpenGL driver: the ci tag replaces it.
TAGS      := ci,migrated_fynedo
TEST_ENV  := LC_ALL=C CGO_ENABLED=0
RACE_ENV  := LC_ALL=C CGO_ENABLED=1
# Pinned by exact version, so that the same code is judged the same tomorrow.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.0

PREFIX  ?= /usr/local
DESTDIR ?=
ID      := io.github.glpikeys

.DEFAULT_GOAL := help
.PHONY: help run test race lint smoke live bench screenshots build monitor plugin install

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1@\2/p' Makefile | awk -F@ '{ printf "  %-18s %s\n", $$1, $$2 }'

run: build ## build the program and open its window; installs what is missing on Debian and Ubuntu
	./build/glpikeys$(EXE)

test: ## run all tests; needs only Go
	$(TEST_ENV) go test -tags $(TAGS) ./...

# Without the golden pictures: the detector makes drawing pixels, which only
# the window's goroutine does, ten times as slow.
race: ## run the tests but pictures with the race detector; needs a C compiler
	@sh .ci/window-libraries compiler
	$(RACE_ENV) go test -race -tags $(TAGS) -skip 'Pictures|InFrench' ./...

lint: ## check formatting, go vet for Linux, Windows and macOS, staticcheck
	@sh .ci/lint $(STATICCHECK)

smoke: ## open the real window on a virtual screen and walk through it; pictures in build/smoke
	@sh .ci/window-libraries
	CGO_ENABLED=1 go build -tags x11,gles -o build/smoke/glpikeys .
	bash .ci/smoke build/smoke/glpikeys

live: ## run the client's tests against a real server: GLPI_URL, GLPI_USER, GLPI_PASSWORD
	@if [ -z "$$GLPI_URL" ]; then \
		echo "make live talks to a real GLPI and writes test items there. Say which one:" >&2; \
		echo "    make live GLPI_URL=https://glpi.example.com GLPI_USER=… GLPI_PASSWORD=…" >&2; \
		exit 1; \
	fi
	LC_ALL=C CGO_ENABLED=0 go test -count=1 -tags live,ci -run Live -v ./glpi/...

bench: ## measure: time and memory of the packages' benchmarks
	$(TEST_ENV) go test -tags $(TAGS) -run '^$$' -bench . -benchmem ./...

screenshots: ## draw the README's pictures anew; needs only Go
	$(TEST_ENV) go test -count=1 -tags $(TAGS),screenshots -run Screenshots ./app

build: monitor ## build the program as build/glpikeys, and what make monitor builds
	@sh .ci/window-libraries
	CGO_ENABLED=1 go build -trimpath -tags migrated_fynedo \
		-ldflags "-s -w -X main.version=$(VERSION)" -o build/glpikeys$(EXE) .

monitor: ## build the command for monitoring systems as build/glpikeys-check; needs only Go
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" \
		-o build/glpikeys-check$(EXE) ./cmd/glpikeys-check

plugin: ## pack the GLPI plugin as build/glpikeys-VERSION.zip; needs only Go
	$(TEST_ENV) go run ./plugin/pack build

install: ## install programs, icon and desktop entry under PREFIX (/usr/local), after make build
	@test -f build/glpikeys && test -f build/glpikeys-check || { echo "Run make build first." >&2; exit 1; }
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/applications" \
		"$(DESTDIR)$(PREFIX)/share/icons/hicolor/scalable/apps" \
		"$(DESTDIR)$(PREFIX)/share/icons/hicolor/512x512/apps"
	install -m 755 build/glpikeys "$(DESTDIR)$(PREFIX)/bin/glpikeys"
	install -m 755 build/glpikeys-check "$(DESTDIR)$(PREFIX)/bin/glpikeys-check"
	install -m 644 assets/$(ID).desktop "$(DESTDIR)$(PREFIX)/share/applications/$(ID).desktop"
	install -m 644 assets/icon.svg "$(DESTDIR)$(PREFIX)/share/icons/hicolor/scalable/apps/$(ID).svg"
	install -m 644 assets/icon.png "$(DESTDIR)$(PREFIX)/share/icons/hicolor/512x512/apps/$(ID).png"

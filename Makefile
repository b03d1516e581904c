# Bellhop. `make` alone prints what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

MODULES  := proto sdk internal web services/gateway services/sessions services/notifier services/inbound cmd/bellhop examples/go test
PACKAGES := $(addprefix ./,$(addsuffix /...,$(MODULES)))
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  := -X github.com/bellhop-chat/bellhop/internal/runner.version=$(VERSION)
GENERATED := proto docs/events internal/catalogue deploy/k8s/components/monitoring/rules.yaml
GO       ?= go
export PATH := $(CURDIR)/bin:$(PATH)
# Paths are left out of what is built: the same sources make the same program, and a build in another directory need not compile them again.
export GOFLAGS := $(strip $(GOFLAGS) -trimpath)

# SQLite is C in Go's clothes, with locks that the race detector does not see, and a tenth of what the tests cost when it looks there.
RACE := -race '-gcflags=modernc.org/...=-race=false -d=checkptr=0'

# Where tests write: in memory where there is room, as disks of shared machines are late by seconds. What a disk does is the subject of `make powercut`.
SCRATCH := $(shell [ "$$(df --output=avail /dev/shm 2>/dev/null | tail -1)" -gt 8000000 ] 2>/dev/null && echo /dev/shm || echo $${TMPDIR:-/tmp})

.PHONY: help web web-types up up-split build images k8s-dryrun tools setup test chaos chaos-rolling ghosts powercut order outage budget bench lint generate generate-check build-alone cover fuzz tidy clean

help: ## print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

up: build ## run Bellhop: real platforms when .env has tokens, else the simulator
	@deploy/local/up

up-split: build bin/nats-server ## run it as production does: redis, three NATS nodes, four processes
	@deploy/local/setup redis-server
	@bin/split

build: ## build every binary into bin/, as it is in the images
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/bellhop ./services/gateway/cmd/gateway ./services/sessions/cmd/sessions ./services/notifier/cmd/notifier ./services/inbound/cmd/inbound ./test/cmd/...

images: bin/ko bin/oci ## build an OCI archive of every image into dist/images, without network or daemon (BASE_IMAGE, PLATFORM, VERSION), or push them (REGISTRY)
	@deploy/image/build

k8s-dryrun: bin/kube-apiserver bin/etcd bin/kubectl ## have a real Kubernetes API server check every overlay and component; builds one first, which takes some minutes
	@deploy/local/k8s-dryrun

setup: ## install what the tests need from the system: redis-server, chromium, npm with Node, python3
	@deploy/local/setup redis-server chromium npm python3
	@deploy/local/setup chromium-headless-shell 2>/dev/null || echo "without chromium-headless-shell, tests in a browser take twice as long"

test: export TMPDIR := $(SCRATCH)
test: setup build bin/nats-server bin/ko bin/oci ## run all tests
	$(GO) test -p 3 $(RACE) -count=1 -vet=off -timeout 12m ./test/chaos $$($(GO) list $(PACKAGES) | grep -vE '/test/(e2e|deploy)$$') # the longest first; three at a time, for many wait more than they work; vet is lint's
	$(GO) test $(RACE) -count=1 -vet=off -timeout 12m ./test/e2e # alone: it waits for what others would be late with
	$(GO) test -tags portable -count=1 -vet=off -timeout 12m ./test/deploy ./test/sim/discord ./services/gateway/internal/socket # without -race: kustomize renders hundreds of combinations; Discord's conformance, see conformance_gateway_test.go; sockets as they are where there is no epoll

chaos: build bin/nats-server ## kill every part with -9 under load, with three platforms, and whoever others stand by for; five minutes
	@deploy/local/setup redis-server
	$(GO) test $(RACE) -count=1 -timeout 15m -v -run Chaos ./test/chaos -args -full

chaos-rolling: build bin/nats-server ## replace both gateways one by one under 2,000 visitors who talk; four minutes
	@deploy/local/setup redis-server
	$(GO) test -count=1 -timeout 15m -v -run TestRolling ./test/chaos -args -full # without -race: the load comes from here

ghosts: build bin/nats-server ## kill gateways with members of presence channels 1,000 times, and have the sessions service and Redis forget them; half an hour
	@deploy/local/setup redis-server
	$(GO) test -count=1 -timeout 60m -v -run TestPresenceHasNoGhosts ./test/chaos -args -full # without -race: eleven gateways run beside it

powercut: build bin/nats-server ## take the power from disks under load, fill and break them; needs root, loop devices and mkfs.ext4
	@deploy/local/setup redis-server
	$(GO) test -tags powercut -count=1 -timeout 15m -v -run 'Power|OnA' ./test/chaos -args -full

order: ## 100,000 operations on three platforms that are slow, refuse and lose answers: one order, nothing lost
	$(GO) test -count=1 -timeout 120m -v -run TestOneOrder ./test/e2e -args -full

outage: ## one platform after the other is out for three minutes: what the others do, and how the backlog is worked off
	$(GO) test -count=1 -timeout 60m -v -run TestOthersAreOnTime ./test/e2e -args -full

budget: ## 60 messages in a minute with Telegram's real budget: how they arrive
	$(GO) test -count=1 -timeout 30m -v -run TestTelegramsBudget ./test/e2e -args -full

bench: build bin/nats-server ## measure what the documents quote
	@deploy/local/setup redis-server
	bin/bench

lint: bin/golangci-lint bin/buf ## check the code and the law of imports
	golangci-lint run --config $(CURDIR)/.golangci.yaml $(PACKAGES)
	GOOS=darwin $(GO) vet ./services/gateway/internal/socket
	cd tools && GOWORK=off golangci-lint run --config $(CURDIR)/.golangci.yaml ./oci
	cd proto && buf lint

web: ## build the chat widget from web/src into web/dist, without Node
	cd web && GOWORK=off $(GO) run ./cmd/web

web-types: ## check the types of the widget's sources; needs Node
	@command -v npm >/dev/null || { echo "please install Node.js 20 or later, which brings npm"; exit 1; }
	cd web && npm ci --no-audit --no-fund && npm run types

generate: bin/buf bin/protoc-gen-go bin/protoc-gen-go-grpc ## generate Go and the catalogue of events from proto/, and the PrometheusRule from the alerts
	cd proto && buf generate
	deploy/monitoring/rule

generate-check: generate ## fail when what is generated is not what its sources say
	git diff --exit-code -- $(GENERATED) && test -z "$$(git ls-files --others --exclude-standard -- $(GENERATED))" || { echo "generated code differs: commit what 'make generate' writes"; exit 1; }

build-alone: ## build each module without the workspace, as someone who imports it would
	@for m in $(MODULES); do echo "build $$m"; (cd $$m && GOWORK=off $(GO) list -export ./... >/dev/null && GOWORK=off $(GO) list -test -deps ./... >/dev/null); done # -export compiles, and links nothing

cover: setup build bin/nats-server bin/ko bin/oci ## print each package's coverage
	$(GO) test -count=1 -cover $(PACKAGES)

fuzz: ## run every fuzz target for ten seconds
	@deploy/local/fuzz 10s

tidy: ## tidy every module
	@for m in $(MODULES); do (cd $$m && GOWORK=off $(GO) mod tidy); done

tools: bin/golangci-lint bin/buf bin/protoc-gen-go bin/protoc-gen-go-grpc bin/nats-server bin/govulncheck bin/ko bin/oci ## build the pinned tools into bin/

bin/%: tools/go.mod tools/go.sum
	@mkdir -p bin
	cd tools && GOWORK=off $(GO) build -o ../bin/$* $$(GOWORK=off $(GO) list -f '{{.ImportPath}}' tool | grep -E '/$*(/v[0-9]+)?$$')
	@touch $@

# Kubernetes has a module of its own: it is large, and only one check needs it.
bin/kube-apiserver bin/kubectl: MAIN = k8s.io/kubernetes/cmd/$(@F)
bin/etcd: MAIN = go.etcd.io/etcd/server/v3
bin/kube-apiserver bin/kubectl bin/etcd: tools/kubernetes/go.mod tools/kubernetes/go.sum
	@mkdir -p bin
	cd tools/kubernetes && GOWORK=off $(GO) build -o ../../$@ $(MAIN)
	@touch $@

bin/oci: $(wildcard tools/oci/*.go)

clean: ## remove what was built, and local data
	rm -rf bin data dist

module github.com/bellhop-chat/bellhop/test

go 1.26.0

require (
	github.com/bellhop-chat/bellhop/internal v0.0.0
	github.com/gorilla/websocket v1.5.3
	go.uber.org/goleak v1.3.0
	go.uber.org/zap v1.28.0
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/prometheus/client_golang v1.25.0 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	go.uber.org/multierr v1.10.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

replace (
	github.com/bellhop-chat/bellhop/internal => ../internal
	github.com/bellhop-chat/bellhop/proto => ../proto
	github.com/bellhop-chat/bellhop/services/gateway => ../services/gateway
	github.com/bellhop-chat/bellhop/services/inbound => ../services/inbound
	github.com/bellhop-chat/bellhop/services/notifier => ../services/notifier
	github.com/bellhop-chat/bellhop/services/sessions => ../services/sessions
)

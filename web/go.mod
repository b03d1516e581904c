module github.com/bellhop-chat/bellhop/web

go 1.26.0

require (
	github.com/evanw/esbuild v0.28.2
	go.uber.org/goleak v1.3.0
)

require golang.org/x/sys v0.0.0-20220715151400-c0bba94af5f8 // indirect

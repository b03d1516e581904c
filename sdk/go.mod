module github.com/bellhop-chat/bellhop/sdk

go 1.26.0

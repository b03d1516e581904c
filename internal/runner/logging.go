package runner

import (
	"io"
	"os"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// timeLayout is ISO 8601 with milliseconds; the time is UTC, so it ends in Z.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// Logging is how the log is written.
type Logging struct {
	// Format is json, console, or auto: console if the log goes to a terminal.
	Format string `env:"LOG_FORMAT" default:"auto" oneof:"auto,json,console"`
	// Level is the lowest that is written.
	Level string `env:"LOG_LEVEL" default:"info" oneof:"debug,info,warn,error"`
}

// Logger writes to w, one entry a line, without sampling and without stack traces. Unknown or empty settings are the defaults.
func (l Logging) Logger(w io.Writer) *zap.Logger {
	level, err := zapcore.ParseLevel(l.Level)
	if err != nil {
		level = zapcore.InfoLevel
	}
	layout := zapcore.TimeEncoderOfLayout(timeLayout)
	keys := zapcore.EncoderConfig{
		TimeKey: "time", LevelKey: "level", NameKey: "logger", MessageKey: "msg",
		EncodeTime:     func(t time.Time, enc zapcore.PrimitiveArrayEncoder) { layout(t.UTC(), enc) },
		EncodeLevel:    zapcore.LowercaseLevelEncoder,
		EncodeDuration: zapcore.StringDurationEncoder,
	}
	encoder := zapcore.NewJSONEncoder(keys)
	if l.Format == "console" || l.Format != "json" && IsTerminal(w) {
		encoder = zapcore.NewConsoleEncoder(keys)
	}
	// The process's own complaints about the log go where the log goes.
	out := zapcore.Lock(zapcore.AddSync(w))
	return zap.New(zapcore.NewCore(encoder, out, level), zap.ErrorOutput(out))
}

// IsTerminal takes every character device for a terminal. The only other one that a log is sent to is /dev/null.
func IsTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// api is the gateway's API.
type api struct {
	URL *url.URL `env:"BELLHOP_URL" default:"http://127.0.0.1:8080" expect:"the address of the gateway, such as https://chat.example.com"`
	Key string   `env:"API_KEY" secret:"true"`
}

// Validate names what is missing.
func (a *api) Validate() error {
	if a.Key == "" {
		return &config.Error{Variable: "API_KEY", Found: "nothing", Expected: "the key that the gateway was given"}
	}
	return nil
}

// apiTimeout bounds a call but for an export, which takes what it takes.
const apiTimeout = 30 * time.Second

// call asks for something and reads the answer.
func (a *api) call(ctx context.Context, method, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	body, err := a.open(ctx, method, path)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return fmt.Errorf("read the gateway's answer: %w", err)
	}
	return nil
}

// copy writes an answer as it comes. One that ends before it is whole is an error.
func (a *api) copy(ctx context.Context, path string, out io.Writer) error {
	body, err := a.open(ctx, http.MethodGet, path)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	end := &lastByte{to: out}
	if _, err := io.Copy(end, body); err != nil {
		return fmt.Errorf("read the export: %w", err)
	}
	if end.last != '}' {
		return errors.New("the export ends in the middle: the gateway's log says why")
	}
	return nil
}

// lastByte passes on what is written, and remembers the last byte that is no space.
type lastByte struct {
	to   io.Writer
	last byte
}

func (l *lastByte) Write(p []byte) (int, error) {
	if text := strings.TrimRight(string(p), " \n"); text != "" {
		l.last = text[len(text)-1]
	}
	return l.to.Write(p)
}

// open asks for something and answers the body of a success. A refusal is told in the gateway's words.
func (a *api) open(ctx context.Context, method, path string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(a.URL.String(), "/")+path, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("ask the gateway: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+a.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the gateway: %w", err)
	}
	if res.StatusCode < http.StatusMultipleChoices {
		return res.Body, nil
	}
	defer func() { _ = res.Body.Close() }()
	var refusal struct{ Error string }
	if json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&refusal) != nil || refusal.Error == "" {
		refusal.Error = "without a reason"
	}
	return nil, fmt.Errorf("the gateway answered %d: %s", res.StatusCode, refusal.Error)
}

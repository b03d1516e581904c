package redis

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ErrURL says that a URL does not name a Redis. It never repeats the URL: a password is in there, and one that should have
// been escaped ends up in whichever part a parser complains about.
var ErrURL = errors.New("malformed Redis URL")

func malformed(raw string) error {
	if scheme, _, found := strings.Cut(raw, "://"); found && (scheme == "redis" || scheme == "rediss" || scheme == "unix") {
		return fmt.Errorf("%w: expected %s://[user:password@]host[:port][/db] with known options, and special characters of the password as %%XX", ErrURL, scheme)
	}
	return fmt.Errorf("%w: expected it to begin with redis://, rediss:// or unix://", ErrURL)
}

// isCluster says whether a URL names several hosts.
func isCluster(raw string) bool {
	_, _, hosts, _ := split(raw)
	return strings.Contains(hosts, ",")
}

// spellCluster writes several hosts as go-redis reads them: the first where a host belongs, the others as parameters.
// A cluster has no numbered databases, so a path is refused.
func spellCluster(raw string) (string, bool) {
	scheme, user, hosts, tail := split(raw)
	path, query, _ := strings.Cut(tail, "?")
	values, err := url.ParseQuery(query)
	if err != nil || strings.Trim(path, "/") != "" {
		return "", false
	}
	first, others, _ := strings.Cut(hosts, ",")
	if first == "" {
		return "", false
	}
	for _, host := range strings.Split(others, ",") {
		if host == "" {
			return "", false
		}
		if !strings.Contains(strings.TrimSuffix(host, "]"), ":") || strings.HasSuffix(host, "]") {
			host += ":6379"
		}
		values.Add("addr", host)
	}
	return scheme + "://" + user + first + "?" + values.Encode(), true
}

// split takes a URL apart where net/url would stumble over a list of hosts; user ends in "@" when there is one.
func split(raw string) (scheme, user, hosts, tail string) {
	scheme, rest, _ := strings.Cut(raw, "://")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	hosts, tail = rest[:end], rest[end:]
	if at := strings.LastIndexByte(hosts, '@'); at >= 0 {
		user, hosts = hosts[:at+1], hosts[at+1:]
	}
	return scheme, user, hosts, tail
}

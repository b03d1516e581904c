#!lua
-- KEYS: state, leases. ARGV: what keys begin with, gateway, how long a lease lasts, how long the state takes to settle, both in milliseconds; the
-- number of the last report and the highest version that the gateway has seen; and of an app that has webhooks its project, 1 if sockets are to
-- be told too, and for how long that holds.
-- Answers whether the lease is being taken back, in which case it is not renewed; whether everything must be reported; whether the state has
-- settled; which lease it is.
local STATE, LEASES, prefix, gateway = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local REPORTED, OURS, STALE = prefix .. 'reported', prefix .. 'gateway:' .. gateway, prefix .. 'stale:' .. gateway
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
local lease = redis.call('ZSCORE', LEASES, gateway)
if lease and tonumber(lease) == 0 then
  return {1, 0, 0, 0}
end

local state = redis.call('HMGET', STATE, 'began', 'version', 'id', 'granted')
local known = redis.call('HMGET', REPORTED, gateway, gateway .. ':since')
local began, version, id, granted = tonumber(state[1] or 0), tonumber(state[2] or 0), tonumber(state[3] or 0), tonumber(state[4] or 0)
local took, since = tonumber(known[1] or 0), lease and tonumber(known[2] or 0) or 0
local seen = {report = tonumber(ARGV[5]), version = tonumber(ARGV[6])}
local lost = version < seen.version or (since >= id and took < seen.report)
if id == 0 or lost then
  began, id = micros, math.max(micros, id + 1)
  redis.call('HSET', STATE, 'began', began, 'id', id, 'version', math.max(id, version, seen.version))
end

local fresh = since < id
if fresh then
  since = math.max(granted + 1, id, micros)
  redis.call('HSET', STATE, 'granted', since)
  redis.call('HSET', REPORTED, gateway, math.max(took, seen.report), gateway .. ':since', since)
  redis.call('SUNIONSTORE', STALE, OURS)
end
redis.call('ZADD', LEASES, now + ARGV[3], gateway)
if ARGV[7] then
  redis.call('HSET', STATE, 'project', ARGV[7], 'counts', ARGV[8], 'hooks', now + ARGV[9], 'settling', ARGV[4])
end
return {0, fresh and 1 or 0, micros - began > ARGV[4] * 1000 and 1 or 0, since}

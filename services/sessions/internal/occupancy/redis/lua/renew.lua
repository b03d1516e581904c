#!lua
-- KEYS: state, leases. ARGV: gateway, how long a lease lasts, how long the state takes to settle, both in milliseconds; and of an app that has
-- webhooks its project, 1 if sockets are to be told too, and for how long that holds.
-- Answers whether the lease is being taken back, in which case it is not renewed; whether there was none; whether the state has settled.
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
if redis.call('HSETNX', KEYS[1], 'began', micros) == 1 then
  redis.call('HSET', KEYS[1], 'version', micros)
end
local lease = redis.call('ZSCORE', KEYS[2], ARGV[1])
if lease and tonumber(lease) == 0 then
  return {1, 0, 0}
end
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
if ARGV[4] then
  redis.call('HSET', KEYS[1], 'project', ARGV[4], 'counts', ARGV[5], 'hooks', now + ARGV[6], 'settling', ARGV[3])
end
local age = micros - tonumber(redis.call('HGET', KEYS[1], 'began'))
return {0, lease and 0 or 1, age > ARGV[3] * 1000 and 1 or 0}

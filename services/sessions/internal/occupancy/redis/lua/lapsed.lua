#!lua flags=no-writes
-- KEYS: leases. Answers the gateways whose lease has run out.
local time = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time[1] * 1000 + math.floor(time[2] / 1000))

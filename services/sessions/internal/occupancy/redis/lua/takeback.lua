-- ARGV, further: how many channels at most.
-- Takes back what a gateway reported, if its lease has run out. Answers whether there is more of it, and for each channel what settle does.
local now = redis.call('TIME')
local lease = redis.call('ZSCORE', LEASES, gateway)
if not lease or tonumber(lease) > now[1] * 1000 + math.floor(now[2] / 1000) then
  return {0, {}}
end
redis.call('ZADD', LEASES, 0, gateway)
local answers = {}
for _, name in ipairs(redis.call('SPOP', OURS, ARGV[4])) do
  local c = open(name)
  empty(c, {})
  answers[#answers + 1] = settle(c, 0)
end
flush()
if redis.call('EXISTS', OURS) == 1 then
  return {1, answers}
end
redis.call('ZREM', LEASES, gateway)
redis.call('HDEL', REPORTED, gateway, gateway .. ':since')
redis.call('DEL', STALE)
return {0, answers}

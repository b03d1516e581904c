#!lua
-- KEYS: state, news. ARGV: when the state began, the number of the first batch, how many were told. Forgets them, unless that was done.
local found = redis.call('HMGET', KEYS[1], 'began', 'told')
if found[1] == ARGV[1] and (found[2] or '0') == ARGV[2] then
  redis.call('LTRIM', KEYS[2], ARGV[3], -1)
  redis.call('HINCRBY', KEYS[1], 'told', ARGV[3])
end
return 1

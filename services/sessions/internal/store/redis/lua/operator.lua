#!lua
-- KEYS: operators. ARGV: operator, seq, record. The highest seq stays.
local have = redis.call('HGET', KEYS[1], ARGV[1])
if not have or tonumber(string.match(have, '^%d+')) <= tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
end
return 1

#!lua
-- KEYS: copy. ARGV: rank, session and message. The highest rank stays.
local have = redis.call('GET', KEYS[1])
if not have or tonumber(string.match(have, '^%d+')) <= tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2])
end
return 1

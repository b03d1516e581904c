#!lua flags=no-writes
-- KEYS: index. ARGV: what keys begin with, the ends of the range, how many at most. Answers as look does.
local answers = {}
for i, name in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])) do
  local found = redis.call('HMGET', ARGV[1] .. 'channel:' .. name, 'version', 'sockets')
  answers[i] = {name, tonumber(found[1]), tonumber(found[2]), redis.call('HLEN', ARGV[1] .. 'users:' .. name), {}}
end
return answers

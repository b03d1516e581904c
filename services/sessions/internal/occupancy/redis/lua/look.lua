#!lua flags=no-writes
-- KEYS: state. ARGV: what keys begin with, 1 to answer members, channels.
-- Answers for each channel its name, version, sockets, users and members (as the hash has them).
local answers = {}
for i = 3, #ARGV do
  local found = redis.call('HMGET', ARGV[1] .. 'channel:' .. ARGV[i], 'version', 'sockets')
  local version, users = found[1] or redis.call('HGET', KEYS[1], 'version'), ARGV[1] .. 'users:' .. ARGV[i]
  answers[#answers + 1] = {ARGV[i], tonumber(version or 0), tonumber(found[2] or 0), redis.call('HLEN', users),
    ARGV[2] == '1' and redis.call('HGETALL', users) or {}}
end
return answers

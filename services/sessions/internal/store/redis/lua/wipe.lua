#!lua
-- KEYS: state, messages, created, content, changed, times. ARGV: seq before, seq, record.
-- Leaves nothing of a session but its record.
if (redis.call('HGET', KEYS[1], 'seq') or '0') ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
redis.call('HSET', KEYS[1], 'seq', ARGV[2], 'record', ARGV[3])
return 1

#!lua
-- KEYS: state, messages, created, content, changed, times.
-- ARGV: seq before, seq, record; then for each message its id, created_seq, content_seq, changed_seq, changed_at, record.
if (redis.call('HGET', KEYS[1], 'seq') or '0') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'seq', ARGV[2], 'record', ARGV[3])
for i = 4, #ARGV, 6 do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 5])
  for index = 1, 4 do
    redis.call('ZADD', KEYS[index + 2], ARGV[i + index], ARGV[i])
  end
end
return 1

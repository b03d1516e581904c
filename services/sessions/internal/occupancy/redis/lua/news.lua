-- KEYS: state. ARGV: what keys begin with, how many batches at most, how many leavings at most.
-- Has told what is due. Answers the project, when the state began, the number of the first batch, how many were dropped, and the batches.
for _, key in ipairs(redis.call('ZRANGEBYSCORE', LEAVING, '-inf', NOW, 'LIMIT', 0, ARGV[3])) do
  local gap = string.find(key, ':', 1, true)
  local channel, what, user = string.sub(key, 1, gap - 1), string.sub(key, gap + 1, gap + 1), string.sub(key, gap + 2)
  redis.call('ZREM', LEAVING, key)
  if what == 'c' then
    count(channel, tonumber(redis.call('HGET', prefix .. 'channel:' .. channel, 'sockets') or 0))
  else
    tell(what, channel, user)
  end
end
flush()
local batches = redis.call('LRANGE', NEWS, 0, ARGV[2] - 1)
if #batches == 0 then
  return {'', 0, 0, 0, {}}
end
local lost = redis.call('HGET', STATE, 'lost')
redis.call('HDEL', STATE, 'lost')
return {about[1] or '', tonumber(about[4] or 0), tonumber(redis.call('HGET', STATE, 'told') or 0), tonumber(lost or 0), batches}

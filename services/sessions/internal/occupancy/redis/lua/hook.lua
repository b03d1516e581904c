-- What webhooks are to be told; follows app.lua.
local LEAVING, NEWS = prefix .. 'leaving', prefix .. 'news'
local AT_ONCE, COUNT_EVERY, GRACE, BATCH, MOST = 100, 5000, 3000, 100, 10000
local clock = redis.call('TIME')
local NOW = clock[1] * 1000 + math.floor(clock[2] / 1000)
local about = redis.call('HMGET', STATE, 'project', 'counts', 'hooks', 'began', 'settling', 'version', 'id')
local WANTED, COUNTS = about[1] and tonumber(about[3]) >= NOW, about[2] == '1'
local VERSION, ID = tonumber(about[6] or 0), tonumber(about[7] or 0)
local SETTLES = math.floor(tonumber(about[4] or 0) / 1000) + tonumber(about[5] or 0)
-- What was found: what happened, channel, user, sockets.
local found = {}

local function tell(what, channel, user, sockets)
  found[#found + 1] = {what, channel, user, sockets or 0}
end

-- Who is among those that are leaving was not told to be away.
local function arrive(what, channel, user, leaving, again)
  local left = redis.call('ZREM', LEAVING, channel .. ':' .. leaving .. user) == 1
  if not left and not (again and NOW <= SETTLES) then
    tell(what, channel, user)
  end
end

local function depart(channel, user, leaving)
  redis.call('ZADD', LEAVING, math.max(NOW + GRACE, SETTLES), channel .. ':' .. leaving .. user)
end

-- Tells how many sockets there are. When those of many were told is kept with the channel.
local function count(channel, sockets)
  if sockets > AT_ONCE then
    redis.call('HSET', prefix .. 'channel:' .. channel, 'counted', NOW)
  else
    redis.call('HDEL', prefix .. 'channel:' .. channel, 'counted')
  end
  tell('c', channel, '', sockets)
end

local function recount(channel, sockets)
  local due = tonumber(redis.call('HGET', prefix .. 'channel:' .. channel, 'counted') or 0) + COUNT_EVERY
  if sockets > AT_ONCE and due > NOW then
    redis.call('ZADD', LEAVING, due, channel .. ':c')
    return
  end
  redis.call('ZREM', LEAVING, channel .. ':c')
  count(channel, sockets)
end

-- Has what was found told, in batches.
local function flush()
  for first = 1, #found, BATCH do
    local batch = {}
    for i = first, math.min(first + BATCH - 1, #found) do
      batch[#batch + 1] = found[i]
    end
    if redis.call('RPUSH', NEWS, cjson.encode(batch)) > MOST then
      redis.call('LPOP', NEWS)
      redis.call('HINCRBY', STATE, 'told', 1)
      redis.call('HINCRBY', STATE, 'lost', 1)
    end
  end
end

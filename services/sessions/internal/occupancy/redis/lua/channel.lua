-- What the scripts that change channels have in common; follows hook.lua.
-- KEYS: state, leases, index, the gateway's channels. ARGV: what keys begin with, gateway, what hidden channels begin with.
local LEASES, INDEX, OURS = KEYS[2], KEYS[3], KEYS[4]
local gateway, hidden = ARGV[2], ARGV[3]
-- The numbers of the last reports that were taken, and what of a gateway's channels it has not reported since its lease was fresh.
local REPORTED, STALE = prefix .. 'reported', prefix .. 'stale:' .. gateway

local function open(name)
  local c = {name = name, added = {}, removed = {}, repeated = {}, at = prefix .. 'channel:' .. name, users = prefix .. 'users:' .. name,
    here = prefix .. 'here:' .. name .. ':' .. gateway}
  local found = redis.call('HMGET', c.at, 'version', 'sockets', 'at:' .. gateway)
  c.version, c.sockets, c.mine = tonumber(found[1] or 0), tonumber(found[2] or 0), tonumber(found[3] or 0)
  return c
end

-- At how many gateways a user is, and what he said of himself at the first.
local function known(c, user)
  local found = redis.call('HGET', c.users, user)
  if not found then
    return 0, nil
  end
  local gap = string.find(found, ' ', 1, true)
  return tonumber(string.sub(found, 1, gap - 1)), string.sub(found, gap + 1)
end

local function leave(c, user)
  if redis.call('SREM', c.here, user) == 0 then
    return
  end
  local gateways, info = known(c, user)
  if gateways > 1 then
    redis.call('HSET', c.users, user, (gateways - 1) .. ' ' .. info)
  else
    redis.call('HDEL', c.users, user)
    c.removed[#c.removed + 1] = user
  end
end

-- Answers whether the user is in.
local function join(c, user, info, limit, again)
  local gateways, first = known(c, user)
  if gateways > 0 and redis.call('SISMEMBER', c.here, user) == 1 then
    return true
  end
  if gateways == 0 then
    if limit > 0 and redis.call('HLEN', c.users) >= limit then
      return false
    end
    c.added[#c.added + 1] = user
    c.added[#c.added + 1] = info
    c.repeated[user] = again
  end
  redis.call('SADD', c.here, user)
  redis.call('HSET', c.users, user, (gateways + 1) .. ' ' .. (first or info))
  return true
end

-- Takes a gateway's users out, but for some.
local function empty(c, but)
  for _, user in ipairs(redis.call('SMEMBERS', c.here)) do
    if not but[user] then
      leave(c, user)
    end
  end
end

-- Writes down what the gateway has of the channel now, when its users have gone and come.
local function share(c, sockets)
  if sockets == 0 then
    redis.call('HDEL', c.at, 'at:' .. gateway)
  else
    redis.call('HSET', c.at, 'at:' .. gateway, sockets)
  end
  if sockets == 0 and redis.call('EXISTS', c.here) == 0 then
    redis.call('SREM', OURS, c.name)
  else
    redis.call('SADD', OURS, c.name)
  end
end

-- Has webhooks told what a move has changed.
local function note(c, after, sockets, total, empty)
  if after == 0 and not empty then
    arrive('o', c.name, '', 'v', c.again)
  end
  for i = 1, #c.added, 2 do
    arrive('+', c.name, c.added[i], '-', c.repeated[c.added[i]])
  end
  for _, user in ipairs(c.removed) do
    depart(c.name, user, '-')
  end
  if after ~= 0 and empty then
    depart(c.name, '', 'v')
  end
  if COUNTS and sockets ~= c.mine and string.sub(c.name, 1, 9) ~= 'presence-' then
    recount(c.name, total)
  end
end

-- Ends a move. Answers the channel's name, whether others see a change, and the version, the one before, sockets, users, who was added (user
-- and info in turn) and removed.
local function settle(c, sockets)
  share(c, sockets)
  local after, users, total = c.version, redis.call('HLEN', c.users), c.sockets - c.mine + sockets
  local changed = sockets ~= c.mine or #c.added > 0 or #c.removed > 0
  local empty, shown = total == 0 and users == 0, string.sub(c.name, 1, #hidden) ~= hidden
  if changed then
    c.version = redis.call('HINCRBY', STATE, 'version', 1)
  end
  if empty then
    redis.call('DEL', c.at)
    redis.call('ZREM', INDEX, c.name)
    c.version = tonumber(redis.call('HGET', STATE, 'version'))
  elseif changed then
    redis.call('HSET', c.at, 'version', c.version, 'sockets', total)
    if shown then
      redis.call('ZADD', INDEX, 0, c.name)
    end
  end
  if changed and shown and WANTED then
    note(c, after, sockets, total, empty)
  end
  return {c.name, changed and 1 or 0, c.version, after, total, users, c.added, c.removed}
end

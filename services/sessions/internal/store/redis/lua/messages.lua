#!lua flags=no-writes
-- KEYS: messages, created, content, changed, times.
-- ARGV: what is asked for, its argument, how many records at most.
-- Answers whether the argument is a known message, and records.
local created = KEYS[2]
local kind, from, count = ARGV[1], ARGV[2], tonumber(ARGV[3])

local function newest(start)
  return redis.call('ZREVRANGE', created, start, start + count - 1)
end

local function oldest(index, above)
  return redis.call('ZRANGEBYSCORE', index, '(' .. above, '+inf', 'LIMIT', 0, count)
end

-- The newest in the conversation of those that an index has from a score on.
local function newest_of(index, lowest)
  local matching = redis.call('ZRANGEBYSCORE', index, lowest, '+inf')
  if #matching <= count then
    return matching
  end
  local wanted, found, start = {}, {}, 0
  for _, id in ipairs(matching) do
    wanted[id] = true
  end
  while #found < count do
    local page = newest(start)
    if #page == 0 then
      break
    end
    for _, id in ipairs(page) do
      if wanted[id] and #found < count then
        found[#found + 1] = id
      end
    end
    start = start + count
  end
  return found
end

local known, ids = 0, nil
if kind == 'after' then
  local score = redis.call('ZSCORE', created, from)
  if score then
    known, ids = 1, oldest(created, score)
  end
elseif kind == 'first' then
  known, ids = 1, oldest(created, 0)
elseif kind == 'content' then
  ids = oldest(KEYS[3], from)
elseif kind == 'changed' then
  ids = newest_of(KEYS[4], '(' .. from)
elseif kind == 'since' then
  ids = newest_of(KEYS[5], from)
end
ids = ids or newest(0)
if #ids == 0 then
  return {known, {}}
end
return {known, redis.call('HMGET', KEYS[1], unpack(ids))}

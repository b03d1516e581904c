-- ARGV, further: which lease it is made under, 0 for any; the number of the report, the number of the last and the highest version that the gateway has seen; for each move the channel,
-- sockets, limit, 1 if it is a repetition, how many users went, they, how many came, and of each in turn user, info, and 1 if it is a repetition.
-- Answers why it is not taken: 1 for no lease, or what was seen is lost, 2 for a later one was taken. Else 0, and for each move what settle does, who
-- was refused, and who is in it (as the hash has it) if anybody came.
local lease, reported = redis.call('ZSCORE', LEASES, gateway), redis.call('HMGET', REPORTED, gateway, gateway .. ':since')
local took, since, under, number = tonumber(reported[1] or 0), tonumber(reported[2] or 0), tonumber(ARGV[4]), tonumber(ARGV[5])
local ours = lease and tonumber(lease) > 0 and since >= ID and (under == 0 or under == since)
if not ours or took < tonumber(ARGV[6]) or VERSION < tonumber(ARGV[7]) then
  return {1}
end
if number > 0 then
  if number <= took then
    return {2}
  end
  redis.call('HSET', REPORTED, gateway, number)
end

local at = 7
local function take()
  at = at + 1
  return ARGV[at]
end

local repeating = redis.call('EXISTS', STALE) == 1
local answers = {0}
while at < #ARGV do
  local c = open(take())
  local sockets, limit, refused, users, stay = tonumber(take()), tonumber(take()), {}, {}, {}
  c.again = take() == '1'
  for _ = 1, tonumber(take()) do
    leave(c, take())
  end
  for i = 1, tonumber(take()) do
    users[i] = {take(), take(), take() == '1'}
    stay[users[i][1]] = true
  end
  if repeating and redis.call('SREM', STALE, c.name) == 1 then
    empty(c, stay)
  end
  for _, user in ipairs(users) do
    if not join(c, user[1], user[2], limit, user[3]) then
      refused[#refused + 1] = user[1]
    end
  end
  local answer = settle(c, sockets)
  answer[#answer + 1] = refused
  answer[#answer + 1] = #users > 0 and redis.call('HGETALL', c.users) or {}
  answers[#answers + 1] = answer
end
flush()
return answers

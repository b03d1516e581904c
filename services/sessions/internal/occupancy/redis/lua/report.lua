-- ARGV, further: for each move the channel, sockets, limit, 1 if it is a repetition, how many users went, they, how many came, and of each in
-- turn user, info, and 1 if it is a repetition.
-- Answers nothing without a lease; else for each move what settle does, who was refused, and who is in it (as the hash has it) if anybody came.
local lease = redis.call('ZSCORE', LEASES, gateway)
if not lease or tonumber(lease) == 0 then
  return false
end

local at = 3
local function take()
  at = at + 1
  return ARGV[at]
end

local answers = {}
while at < #ARGV do
  local c = open(take())
  local sockets, limit, refused = tonumber(take()), tonumber(take()), {}
  c.again = take() == '1'
  for _ = 1, tonumber(take()) do
    leave(c, take())
  end
  local came = tonumber(take())
  for _ = 1, came do
    local user, info = take(), take()
    if not join(c, user, info, limit, take() == '1') then
      refused[#refused + 1] = user
    end
  end
  local answer = settle(c, sockets)
  answer[#answer + 1] = refused
  answer[#answer + 1] = came > 0 and redis.call('HGETALL', c.users) or {}
  answers[#answers + 1] = answer
end
flush()
return answers

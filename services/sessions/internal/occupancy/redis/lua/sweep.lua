-- ARGV, further: how many channels at most, which lease it is, the number of the gateway's last report.
-- Takes back what the gateway has not reported since its lease was fresh, unless something came between. Answers as takeback does.
local reported = redis.call('HMGET', REPORTED, gateway, gateway .. ':since')
if reported[1] ~= ARGV[6] or tonumber(reported[2] or 0) < ID or (ARGV[5] ~= '0' and reported[2] ~= ARGV[5]) then
  return {0, {}}
end
local answers = {}
for _, name in ipairs(redis.call('SPOP', STALE, ARGV[4])) do
  local c = open(name)
  empty(c, {})
  answers[#answers + 1] = settle(c, 0)
end
flush()
return {redis.call('EXISTS', STALE), answers}

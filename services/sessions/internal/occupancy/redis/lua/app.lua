#!lua
-- What the scripts begin with that have webhooks told. KEYS[1] is the app's state, ARGV[1] what its keys begin with.
local STATE, prefix = KEYS[1], ARGV[1]

package pusher

// The codes of the protocol. Clients give up for good on 4000 to 4099, come back after a second on 4100 to 4199, and at once on 4200 to
// 4299.
const (
	codeNoApp         = 4001
	codeOverQuota     = 4004
	codeBadVersion    = 4006
	codeOldVersion    = 4007
	codeNoVersion     = 4008
	codeUnauthorized  = 4009
	codeOverCapacity  = 4100
	codeReconnect     = 4200
	codeNoPong        = 4201
	codeClientEvent   = 4301 // an error, never a close
	codeWatchlistLong = 4302 // likewise
)

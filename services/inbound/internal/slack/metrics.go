package slack

// Why a request was refused.
const (
	refusedUnset     = "secret_unset"
	refusedUnsigned  = "signature_missing"
	refusedStale     = "signature_stale"
	refusedWrong     = "signature_wrong"
	refusedMalformed = "malformed"
	refusedTooLarge  = "too_large"
)

package telegram

// Why a request was refused.
const (
	refusedUnset     = "secret_unset"
	refusedMissing   = "secret_missing"
	refusedWrong     = "secret_wrong"
	refusedMalformed = "malformed"
	refusedTooLarge  = "too_large"
)

// Package setting has the few settings of a project that its owner may change while everything runs. They stand in the bus's notebook, so
// that every gateway has the same within two seconds, and they outlive all of them; what was never changed is as the configuration says.
// It refuses to hold anything else: what needs thought is configuration.
package setting

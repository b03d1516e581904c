package discord

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
)

// Permissions is a set of rights. https://discord.com/developers/docs/topics/permissions
type Permissions uint64

// The rights that Bellhop needs, can use, or should not have.
const (
	Administrator         Permissions = 1 << 3
	AddReactions          Permissions = 1 << 6
	ViewChannel           Permissions = 1 << 10
	SendMessages          Permissions = 1 << 11
	ManageMessages        Permissions = 1 << 13
	EmbedLinks            Permissions = 1 << 14
	AttachFiles           Permissions = 1 << 15
	ReadMessageHistory    Permissions = 1 << 16
	MentionEveryone       Permissions = 1 << 17
	ManageThreads         Permissions = 1 << 34
	CreatePublicThreads   Permissions = 1 << 35
	SendMessagesInThreads Permissions = 1 << 38

	everything = ^Permissions(0)
)

// Has tells whether all of some rights are there.
func (p Permissions) Has(all Permissions) bool { return p&all == all }

// UnmarshalJSON reads a decimal number in a string, as Discord writes it, of any length: rights that are not in the first 64
// bits are none that Bellhop knows.
func (p *Permissions) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("decode permissions: %w", err)
	}
	n, ok := new(big.Int).SetString(text, 10)
	if text == "" {
		n, ok = new(big.Int), true
	}
	if !ok || n.Sign() < 0 || n.BitLen() > 4096 {
		return fmt.Errorf("decode permissions: %w", errUnexpected)
	}
	*p = Permissions(new(big.Int).And(n, new(big.Int).SetUint64(uint64(everything))).Uint64())
	return nil
}

// MarshalJSON is the same the other way round.
func (p Permissions) MarshalJSON() ([]byte, error) {
	return []byte(strconv.Quote(strconv.FormatUint(uint64(p), 10))), nil
}

// Overwrite changes the rights of a role (type 0) or a member (type 1) in one channel.
type Overwrite struct {
	ID    string      `json:"id"`
	Type  int         `json:"type"`
	Allow Permissions `json:"allow"`
	Deny  Permissions `json:"deny"`
}

const (
	overwriteRole   = 0
	overwriteMember = 1
)

// Standing is everything that decides what somebody may do in a channel.
type Standing struct {
	Guild  Guild
	Roles  []Role // all of the server's
	Member Member // with its user
	// Channel whose overwrites count; for a thread its parent.
	Channel Channel
	// TimedOut: the member may only read now.
	TimedOut bool
}

// Permissions computes the rights as Discord does.
// https://discord.com/developers/docs/topics/permissions#permission-overwrites
func (s Standing) Permissions() Permissions {
	user := ""
	if s.Member.User != nil {
		user = s.Member.User.ID
	}
	has := map[string]bool{s.Guild.ID: true}
	for _, role := range s.Member.Roles {
		has[role] = true
	}
	var rights Permissions
	for _, role := range s.Roles {
		if has[role.ID] {
			rights |= role.Permissions
		}
	}
	if user != "" && user == s.Guild.OwnerID || rights.Has(Administrator) {
		return everything
	}
	rights = s.overwritten(rights, has, user)
	if !rights.Has(ViewChannel) {
		return 0 // who can't see a channel can't do anything in it
	}
	if s.TimedOut {
		rights &= ViewChannel | ReadMessageHistory
	}
	return rights
}

// overwritten applies the channel's overwrites: everybody's, then all of the roles' together, then the member's own.
func (s Standing) overwritten(rights Permissions, has map[string]bool, user string) Permissions {
	var allow, deny Permissions
	var own *Overwrite
	for i, o := range s.Channel.Overwrites {
		switch {
		case o.Type == overwriteMember && o.ID == user:
			own = &s.Channel.Overwrites[i]
		case o.Type != overwriteRole:
		case o.ID == s.Guild.ID:
			rights = rights&^o.Deny | o.Allow
		case has[o.ID]:
			allow, deny = allow|o.Allow, deny|o.Deny
		}
	}
	rights = rights&^deny | allow
	if own != nil {
		rights = rights&^own.Deny | own.Allow
	}
	return rights
}

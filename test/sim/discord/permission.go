package discord

// Permission bits that the simulator knows, by Discord's names.
const (
	permAddReactions    uint64 = 1 << 6
	permAdministrator   uint64 = 1 << 3
	permManageChannels  uint64 = 1 << 4
	permViewChannel     uint64 = 1 << 10
	permSendMessages    uint64 = 1 << 11
	permManageMessages  uint64 = 1 << 13
	permEmbedLinks      uint64 = 1 << 14
	permAttachFiles     uint64 = 1 << 15
	permReadHistory     uint64 = 1 << 16
	permMentionEveryone uint64 = 1 << 17
	permManageWebhooks  uint64 = 1 << 29
	permUseCommands     uint64 = 1 << 31
	permManageThreads   uint64 = 1 << 34
	permPublicThreads   uint64 = 1 << 35
	permPrivateThreads  uint64 = 1 << 36
	permSendInThreads   uint64 = 1 << 38
	permPinMessages     uint64 = 1 << 51
	permAll             uint64 = 1<<53 - 1
)

var permissionNames = map[string]uint64{
	"ADD_REACTIONS": permAddReactions, "ADMINISTRATOR": permAdministrator, "MANAGE_CHANNELS": permManageChannels,
	"VIEW_CHANNEL": permViewChannel, "SEND_MESSAGES": permSendMessages, "MANAGE_MESSAGES": permManageMessages,
	"EMBED_LINKS": permEmbedLinks, "ATTACH_FILES": permAttachFiles, "READ_MESSAGE_HISTORY": permReadHistory,
	"MENTION_EVERYONE": permMentionEveryone, "MANAGE_WEBHOOKS": permManageWebhooks,
	"USE_APPLICATION_COMMANDS": permUseCommands, "MANAGE_THREADS": permManageThreads,
	"CREATE_PUBLIC_THREADS": permPublicThreads, "CREATE_PRIVATE_THREADS": permPrivateThreads,
	"SEND_MESSAGES_IN_THREADS": permSendInThreads, "PIN_MESSAGES": permPinMessages,
}

// What the simulated roles hold at first.
const (
	botPermissions = permAddReactions | permViewChannel | permSendMessages | permManageMessages | permEmbedLinks |
		permAttachFiles | permReadHistory | permManageWebhooks | permManageThreads | permPublicThreads |
		permSendInThreads | permPinMessages | permUseCommands
	staffPermissions = botPermissions | permMentionEveryone
)

// permissions computes what a member may do in a channel: roles, then the overwrites for everyone, for roles, for the
// member; a thread has its parent's. Without VIEW_CHANNEL nothing is left.
func (w *world) permissions(userID string, ch *channel) uint64 {
	m := w.Members[userID]
	if m == nil {
		return 0
	}
	base := w.role(w.Guild.ID).Permissions
	for _, id := range m.Roles {
		if r := w.role(id); r != nil {
			base |= r.Permissions
		}
	}
	if base&permAdministrator != 0 || w.Guild.OwnerID == userID {
		return permAll
	}
	if ch == nil {
		return base
	}
	if parent := w.Channels[ch.ParentID]; ch.isThread() && parent != nil {
		ch = parent
	}
	base = applyOverwrites(base, ch.Overwrites, func(o Overwrite) bool { return o.ID == w.Guild.ID })
	base = applyOverwrites(base, ch.Overwrites, func(o Overwrite) bool {
		return o.Type == 0 && o.ID != w.Guild.ID && m.has(o.ID)
	})
	base = applyOverwrites(base, ch.Overwrites, func(o Overwrite) bool { return o.Type == 1 && o.ID == userID })
	if base&permViewChannel == 0 {
		return 0
	}
	return base
}

// applyOverwrites takes away what any of the chosen overwrites denies, then gives what any allows.
func applyOverwrites(base uint64, all []Overwrite, chosen func(Overwrite) bool) uint64 {
	var allow, deny uint64
	for _, o := range all {
		if chosen(o) {
			allow, deny = allow|o.Allow, deny|o.Deny
		}
	}
	return base&^deny | allow
}

// may says whether the bot has all of these permissions in a channel.
func (w *world) may(ch *channel, bits uint64) bool {
	return w.permissions(w.App.ID, ch)&bits == bits
}

// sendBit is the permission that writing in a channel takes.
func sendBit(ch *channel) uint64 {
	if ch.isThread() {
		return permSendInThreads
	}
	return permSendMessages
}

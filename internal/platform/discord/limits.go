package discord

// Limits of Discord's API, in code points: its servers count in Python, as one of its engineers says in
// https://github.com/discord/discord-api-docs/issues/1315
const (
	// MaxContent is the length of a message. https://discord.com/developers/docs/resources/message#create-message
	MaxContent = 2000
	// MaxDescription, MaxTitle, MaxFieldName, MaxFieldValue, MaxFooter and MaxAuthor are an embed's, MaxFields is how many
	// fields it has. https://discord.com/developers/docs/resources/message#embed-object-embed-limits
	MaxDescription = 4096
	MaxTitle       = 256
	MaxFieldName   = 256
	MaxFieldValue  = 1024
	MaxFooter      = 2048
	MaxAuthor      = 256
	MaxFields      = 25
	// MaxEmbeds is how many embeds a message has, and MaxEmbedTotal how long they are all together.
	MaxEmbeds     = 10
	MaxEmbedTotal = 6000
	// MaxThreadName is the length of a thread's name. https://discord.com/developers/docs/resources/channel#channel-object
	MaxThreadName = 100
	// MaxFiles is how many files a message has. Discord's documentation names none; its clients refuse more.
	MaxFiles = 10
	// MaxTags is how many tags a forum post has. https://discord.com/developers/docs/resources/channel#channel-object
	MaxTags = 5
	// MaxHistory is the largest page of History.
	MaxHistory = 100

	// maxUsername is a webhook's.
	maxUsername = 80
)

// TypingLasts is how many seconds a typing notice is shown. https://discord.com/developers/docs/resources/channel#trigger-typing-indicator
const TypingLasts = 10

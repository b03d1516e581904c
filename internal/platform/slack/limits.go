package slack

// Limits of the Web API and of Block Kit, in characters where nothing else is said.
const (
	// MaxText is how much one message of ours holds, counted as Text.Len does. A section or a text element holds 3,000
	// (https://docs.slack.dev/reference/block-kit/blocks/section-block), but all blocks of a message together are refused
	// somewhere below 13,300, with what surrounds the text counted in a way that is written nowhere
	// (https://github.com/slackapi/bolt-js/issues/2509, https://github.com/slackapi/bolt-js/issues/2867). A visitor's message has
	// at most 4,000; with a card above it this is enough, and far from the edge.
	MaxText = 6000
	// MaxSection is the text of one section, or of one element of rich text.
	MaxSection = 3000
	// MaxFallback is the text beside blocks, which notifications show, and all there is of a message without blocks.
	// https://docs.slack.dev/reference/methods/chat.postMessage advises 4,000 and cuts at 40,000; chat.update was seen to refuse from
	// 4,000 on (https://github.com/seratch/ChatGPT-in-Slack/issues/102).
	MaxFallback = 3900
	// MaxBlocks is the number of blocks in a message. https://docs.slack.dev/reference/block-kit/blocks
	MaxBlocks = 50
	// MaxButton is a button's label. https://docs.slack.dev/reference/block-kit/block-elements/button-element
	MaxButton = 75
	// MaxButtonValue is what a button can carry.
	MaxButtonValue = 2000
	// MaxAltText is the description of an uploaded picture. https://docs.slack.dev/reference/methods/files.getUploadURLExternal
	MaxAltText = 1000
)

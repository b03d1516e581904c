// Package markup reads Discord's Markdown as its clients do, so that tests can assert what a person sees of a text, and that
// nothing of it became a link or a mention that was not meant to.
//
// It refuses to be a full Markdown: tables, images and nested lists do not exist in Discord.
package markup

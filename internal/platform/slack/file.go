package slack

import (
	"context"
	"net/url"
)

// File is a file that was shared.
type File struct {
	ID, Name, Title string
	MimeType        string
	// Size is in bytes; 0 where Slack does not say.
	Size int64
	// Mode is "tombstone" or "hidden_by_limit" of a file that is not to be had any more, "external" of one that is not Slack's.
	Mode string
	// URL is where Download finds it.
	URL string
	// Permalink is where people find it.
	Permalink string
	External  bool
	// Access is "check_file_info" where the rest is to be asked for with FileInfo, as in shared channels.
	Access string
	// Shares are the messages that show it.
	Shares []Share
}

// Share is a message that shows a file.
type Share struct{ Channel, TS, ThreadTS string }

// UnmarshalJSON reads a file.
func (f *File) UnmarshalJSON(data []byte) error {
	from, err := readFields(data)
	if err != nil {
		return err
	}
	*f = File{
		ID: from.text("id"), Name: from.text("name"), Title: from.text("title"), MimeType: from.text("mimetype"), Size: from.number("size"),
		Mode: from.text("mode"), URL: from.text("url_private_download"), Permalink: from.text("permalink"),
		External: from.flag("is_external"), Access: from.text("file_access"),
	}
	if f.URL == "" {
		f.URL = from.text("url_private")
	}
	for _, kind := range []string{"public", "private"} {
		channels := from.fields("shares").fields(kind)
		for channel := range channels {
			for _, raw := range channels.list(channel) {
				if share, err := readFields(raw); err == nil && share.text("ts") != "" {
					f.Shares = append(f.Shares, Share{Channel: channel, TS: share.text("ts"), ThreadTS: share.text("thread_ts")})
				}
			}
		}
	}
	return nil
}

// SharedIn is the message that shows the file in a channel; empty until Slack has made one, which it does after an upload has ended.
func (f File) SharedIn(channel string) string {
	for _, share := range f.Shares {
		if share.Channel == channel {
			return share.TS
		}
	}
	return ""
}

// FileInfo answers what is known of a file. It is allowed 100 times a minute.
func (c *Client) FileInfo(ctx context.Context, fileID string) (File, error) {
	result, err := call[struct {
		File File `json:"file"`
	}](ctx, c, fileInfo, url.Values{"file": {fileID}})
	if err == nil && result.File.ID == "" {
		err = c.failed(fileInfo, 0, errNoResult)
	}
	return result.File, err
}

// DeleteFile deletes a file of the bot's, and its messages with it. One that is gone is KindFileRefused.
func (c *Client) DeleteFile(ctx context.Context, fileID string) error {
	return c.do(ctx, deleteFile, url.Values{"file": {fileID}})
}

package discord

import "slices"

// channelEdit is the body of PATCH /channels/{channel}.
type channelEdit struct {
	name             string
	hasName          bool
	archived, locked *bool
	minutes          int
	tags             []string
	hasTags          bool
	pinned           *bool
}

func (c *call) editChannel() (any, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if !ch.isThread() {
		return c.editParent(ch)
	}
	in, err := c.readChannelEdit(ch)
	if err != nil {
		return nil, err
	}
	if err := c.mayEditThread(ch, in); err != nil {
		return nil, err
	}
	if in.hasName && in.name != ch.Name {
		if err := c.spend(c.s.limits.bucket(bucketRename, ch.ID)); err != nil {
			return nil, err
		}
	}
	c.applyChannelEdit(ch, in)
	return c.s.wireChannel(ch), nil
}

// editParent renames a channel; nothing else of it can be changed here.
func (c *call) editParent(ch *channel) (any, *apiError) {
	name, given := c.form.name("name", maxThreadName, false)
	if err := c.form.err(); err != nil {
		return nil, err
	}
	if err := c.need(ch, permManageChannels); err != nil {
		return nil, err
	}
	if given && name != ch.Name {
		if err := c.spend(c.s.limits.bucket(bucketRename, ch.ID)); err != nil {
			return nil, err
		}
		ch.Name = name
		c.s.channelChanged(ch)
	}
	return c.s.wireChannel(ch), nil
}

func (c *call) readChannelEdit(ch *channel) (channelEdit, *apiError) {
	var in channelEdit
	in.name, in.hasName = c.form.name("name", maxThreadName, false)
	in.minutes = c.archiveDuration(c.form, ch.AutoArchive)
	if archived, given := c.form.flag("archived"); given {
		in.archived = &archived
	}
	if locked, given := c.form.flag("locked"); given {
		in.locked = &locked
	}
	if flags, given := c.form.integer("flags"); given {
		pinned := flags&flagPinned != 0
		in.pinned = &pinned
	}
	if _, in.hasTags = c.form.given("applied_tags"); in.hasTags {
		if parent := c.w.Channels[ch.ParentID]; parent != nil {
			in.tags = c.readTags(c.form, parent)
		}
	}
	c.form.ignore("rate_limit_per_user", "invitable")
	return in, c.form.err()
}

// mayEditThread applies the rules of threads: an archived one is edited only if it is opened in the same call; to open an
// unlocked one takes the right to write; name, archived and duration may be changed by its creator; everything else
// takes MANAGE_THREADS.
func (c *call) mayEditThread(ch *channel, in channelEdit) *apiError {
	manages := c.w.may(ch, permManageThreads)
	opens := in.archived != nil && !*in.archived
	if ch.Archived && !opens {
		closesAgain := in.archived != nil && !in.hasName && in.locked == nil && !in.hasTags && in.pinned == nil
		if !closesAgain {
			return errArchived
		}
	}
	if ch.Archived && opens {
		switch {
		case ch.Locked && !manages:
			return errMissingPermissions
		case !manages && !c.w.may(ch, permSendInThreads):
			return errMissingPermissions
		case c.w.activeThreads() >= c.s.opts.ActiveThreads:
			return errTooManyThreads
		}
	}
	parent := c.w.Channels[ch.ParentID]
	if in.hasTags && parent != nil {
		if err := c.mayTag(parent, in.tags); err != nil {
			return err
		}
	}
	if manages {
		return nil
	}
	own := ch.OwnerID == c.w.App.ID
	renames := in.hasName || in.minutes != ch.AutoArchive || in.hasTags || in.archived != nil && !opens
	if in.locked != nil && *in.locked != ch.Locked || in.pinned != nil || renames && !own {
		return errMissingPermissions
	}
	return nil
}

// applyChannelEdit changes a thread and tells everybody once.
func (c *call) applyChannelEdit(ch *channel, in channelEdit) {
	ch.AutoArchive = in.minutes
	if in.archived != nil && !*in.archived {
		c.s.setArchived(ch, false)
	}
	if in.locked != nil {
		ch.Locked = *in.locked
	}
	if in.hasTags {
		ch.Applied = slices.Clone(in.tags)
	}
	if in.pinned != nil {
		ch.Pinned = *in.pinned
	}
	if in.hasName && in.name != ch.Name {
		c.s.rename(ch, in.name, c.w.bot())
	}
	if in.archived != nil && *in.archived {
		c.s.setArchived(ch, true)
	}
	c.s.sooner(ch)
	c.s.threadChanged(ch)
}

func (c *call) deleteChannel() (any, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	bit := permManageChannels
	if ch.isThread() {
		bit = permManageThreads
	}
	if err := c.need(ch, bit); err != nil {
		return nil, err
	}
	out := c.s.wireChannel(ch)
	c.s.deleteChannel(ch)
	return out, nil
}

// deleteChannel removes a channel, with its threads, and tells everybody. The caller holds mu.
func (s *Server) deleteChannel(ch *channel) {
	if ch.isThread() {
		s.deleteThread(ch)
		return
	}
	gone := raw(s.wireChannel(ch))
	for _, id := range s.world.Order {
		if t := s.world.Channels[id]; t.ParentID == ch.ID && !t.Deleted {
			t.Deleted = true
			for _, m := range t.MessageIDs {
				s.world.Messages[m].Deleted = true
			}
		}
	}
	s.emit(event{Name: "CHANNEL_DELETE", Intent: intentGuilds, Channel: ch, Data: gone})
	ch.Deleted = true
}

// channelChanged tells everybody of a channel's present state. The caller holds mu.
func (s *Server) channelChanged(ch *channel) {
	s.emit(event{Name: "CHANNEL_UPDATE", Intent: intentGuilds, Channel: ch, Data: raw(s.wireChannel(ch))})
}

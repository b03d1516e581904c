package discord

// archiveChoices are the minutes after which an idle thread may archive itself.
var archiveChoices = []int64{60, 1440, 4320, 10080}

// defaultArchive is the minutes of a thread that does not say: 24 hours in text channels, 3 days in forums.
func defaultArchive(parent *channel) int {
	if parent.Type == typeForum {
		return 4320
	}
	return 1440
}

func (c *call) archiveDuration(f *form, normal int) int {
	minutes, given := f.integer("auto_archive_duration")
	if !given {
		return normal
	}
	f.choice("auto_archive_duration", minutes, archiveChoices...)
	return int(minutes)
}

// createThread is a forum post, or a thread without a message in a text channel.
func (c *call) createThread() (any, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	switch ch.Type {
	case typeForum:
		return c.createPost(ch)
	case typeText:
		return c.createBareThread(ch)
	}
	return nil, errWrongChannelType
}

func (c *call) createPost(ch *channel) (any, *apiError) {
	name, _ := c.form.name("name", maxThreadName, true)
	minutes := c.archiveDuration(c.form, defaultArchive(ch))
	tags := c.readTags(c.form, ch)
	c.form.ignore("rate_limit_per_user")
	message := c.form.object("message")
	if message == nil {
		c.form.fail("message", "BASE_TYPE_REQUIRED", "This field is required")
		return nil, c.form.err()
	}
	in := c.readMessage(message)
	if err := c.check(&in); err != nil {
		return nil, err
	}
	if err := c.needContent(ch, &in); err != nil {
		return nil, err
	}
	if err := c.mayTag(ch, tags); err != nil {
		return nil, err
	}
	if c.w.activeThreads() >= c.s.opts.ActiveThreads {
		return nil, errTooManyThreads
	}
	m := c.compose(ch, &in)
	t := c.s.openThread(ch, m.ID, name, minutes, c.w.bot())
	t.Applied = tags
	m.ChannelID = t.ID
	for _, a := range m.Attachments {
		c.w.Files[a.ID].ChannelID = t.ID
	}
	c.s.announceThread(t)
	c.s.post(t, m)
	c.status = 201
	out := c.s.wireChannel(t)
	out.Message = c.s.wireMessage(m)
	return out, nil
}

// readTags reads applied_tags, which must be tags of the forum.
func (c *call) readTags(f *form, forum *channel) []string {
	ids, _ := f.ids("applied_tags", 5)
	for _, id := range ids {
		if forum.tag(id) == nil {
			f.fail("applied_tags", "INVALID_FORUM_TAG", "Unknown forum tag")
		}
	}
	return ids
}

func (ch *channel) tag(id string) *Tag {
	for i := range ch.Tags {
		if ch.Tags[i].ID == id {
			return &ch.Tags[i]
		}
	}
	return nil
}

func (c *call) mayTag(forum *channel, tags []string) *apiError {
	if forum.RequireTag && len(tags) == 0 {
		return errTagRequired
	}
	for _, id := range tags {
		if t := forum.tag(id); t != nil && t.Moderated {
			return c.need(forum, permManageThreads)
		}
	}
	return nil
}

func (c *call) createBareThread(ch *channel) (any, *apiError) {
	name, _ := c.form.name("name", maxThreadName, true)
	minutes := c.archiveDuration(c.form, defaultArchive(ch))
	kind, given := c.form.integer("type")
	if !given {
		kind = typePrivateThread
		c.warn("a thread without a type is private")
	}
	c.form.choice("type", kind, typePublicThread, typePrivateThread)
	c.form.ignore("invitable", "rate_limit_per_user")
	if err := c.form.err(); err != nil {
		return nil, err
	}
	bit := permPublicThreads
	if kind == typePrivateThread {
		bit = permPrivateThreads
	}
	if err := c.need(ch, bit); err != nil {
		return nil, err
	}
	if c.w.activeThreads() >= c.s.opts.ActiveThreads {
		return nil, errTooManyThreads
	}
	t := c.s.openThread(ch, c.w.newID(c.now), name, minutes, c.w.bot())
	t.Type = int(kind)
	c.s.announceThread(t)
	if kind == typePublicThread {
		c.s.post(ch, &Message{
			ID: c.w.newID(c.now), ChannelID: ch.ID, Author: c.w.bot(), At: c.now, Type: TypeThreadCreated, Text: name, ThreadID: t.ID,
		})
	}
	c.status = 201
	return c.s.wireChannel(t), nil
}

func (c *call) createThreadFromMessage() (any, *apiError) {
	name, _ := c.form.name("name", maxThreadName, true)
	ch, m, err := c.message()
	if err != nil {
		return nil, err
	}
	minutes := c.archiveDuration(c.form, defaultArchive(ch))
	c.form.ignore("rate_limit_per_user")
	if err := c.form.err(); err != nil {
		return nil, err
	}
	if ch.Type != typeText {
		return nil, errWrongChannelType
	}
	if err := c.need(ch, permPublicThreads|permReadHistory); err != nil {
		return nil, err
	}
	switch {
	case m.System():
		return nil, errSystemMessage
	case m.ThreadID != "":
		return nil, errHasThread
	case c.w.activeThreads() >= c.s.opts.ActiveThreads:
		return nil, errTooManyThreads
	}
	t := c.s.threadFrom(ch, m, name, minutes, c.w.bot())
	c.status = 201
	return c.s.wireChannel(t), nil
}

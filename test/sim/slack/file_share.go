package slack

import "slices"

type fileEvent struct {
	Type      string `json:"type"`
	FileID    string `json:"file_id"`
	UserID    string `json:"user_id"`
	ChannelID string `json:"channel_id"`
	File      fields `json:"file"`
	EventTS   string `json:"event_ts"`
}

// share shows completed uploads in a channel, a moment later and with no word in the answer about where.
func (c *call) share(ch *channel, files []*storedFile) *apiError {
	if ch == nil {
		return nil
	}
	m := &Message{ChannelID: ch.ID, From: *c.s.world.Users[BotUserID], BotID: BotID, Subtype: "file_share"}
	if err := c.inThread(ch, m); err != nil {
		return err
	}
	said := content{text: c.p.values["initial_comment"]}
	if said.text == "" {
		if err := c.blocks(&said, c.p.values["blocks"]); err != nil {
			return err
		}
	}
	for _, f := range files {
		m.Files = append(m.Files, f.ID)
	}
	s, era := c.s, c.s.engine.era
	show := func() {
		m.Date = s.clock.Now()
		s.apply(m, said)
		s.post(ch, m)
		s.shared(ch, m)
	}
	if s.opts.ShareDelay <= 0 {
		show()
		return nil
	}
	s.spawn(func() {
		if s.clock.Sleep(era, s.opts.ShareDelay) == nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			if ch == s.world.Channels[ch.ID] { // the world may have been replaced meanwhile
				show()
			}
		}
	})
	return nil
}

// shared notes where files are shown, and announces it. The caller holds mu.
func (s *Server) shared(ch *channel, m *Message) {
	for _, id := range m.Files {
		f := s.world.Files[id]
		f.Shares = append(slices.Clip(f.Shares), Share{Channel: ch.ID, TS: m.TS, ThreadTS: m.ThreadTS})
		s.emit(ch, "file_shared", "file_shared", m.Root(), fileEvent{
			Type: "file_shared", FileID: id, UserID: f.User, ChannelID: ch.ID, File: fields{"id": id}, EventTS: ch.nextTS(s.clock.Now()),
		})
	}
	s.touch()
}

// wireFile is a file as messages and files.info show it.
type wireFile struct {
	ID          string `json:"id"`
	Created     int64  `json:"created,omitempty"`
	Timestamp   int64  `json:"timestamp,omitempty"`
	Name        string `json:"name,omitempty"`
	Title       string `json:"title,omitempty"`
	Mimetype    string `json:"mimetype,omitempty"`
	Filetype    string `json:"filetype,omitempty"`
	PrettyType  string `json:"pretty_type,omitempty"`
	User        string `json:"user,omitempty"`
	UserTeam    string `json:"user_team,omitempty"`
	Editable    bool   `json:"editable"`
	Size        int64  `json:"size,omitempty"`
	Mode        string `json:"mode"`
	IsExternal  bool   `json:"is_external"`
	ExtType     string `json:"external_type"`
	IsPublic    bool   `json:"is_public"`
	AltText     string `json:"alt_txt,omitempty"`
	Private     string `json:"url_private,omitempty"`
	Download    string `json:"url_private_download,omitempty"`
	Thumb360    string `json:"thumb_360,omitempty"`
	Permalink   string `json:"permalink,omitempty"`
	FileAccess  string `json:"file_access,omitempty"`
	Shares      fields `json:"shares,omitempty"`
	Channels    any    `json:"channels,omitempty"`
	Groups      any    `json:"groups,omitempty"`
	HasMoreFile *bool  `json:"has_more_shares,omitempty"`
}

// wireFile renders a file; a deleted one leaves its tombstone. The caller holds mu.
func (s *Server) wireFile(f *storedFile) wireFile {
	if f.Deleted {
		return wireFile{ID: f.ID, Mode: "tombstone"}
	}
	address := s.base + "/files-pri/" + TeamID + "-" + f.ID + "/"
	out := wireFile{
		ID: f.ID, Created: f.Created.Unix(), Timestamp: f.Created.Unix(), Name: f.Name, Title: f.Title, Mimetype: f.MIME,
		Filetype: f.fileType(), PrettyType: f.fileType(), User: f.User, UserTeam: TeamID, Size: f.Size, Mode: "hosted", AltText: f.AltText,
		Private: address + pathName(f.Name), Download: address + "download/" + pathName(f.Name),
		Permalink: s.base + "/files/" + f.User + "/" + f.ID + "/" + pathName(f.Name), FileAccess: "visible",
	}
	if len(f.MIME) > 6 && f.MIME[:6] == "image/" {
		out.Thumb360 = address + pathName(f.Name)
	}
	return out
}

package projection

import bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"

// Identify lets what is said now of who the visitor is replace what was said before, as far as it may.
func Identify(present, given *bellhopv1.Session) { identify(present, given, overwrite) }

// identify takes who the visitor is said to be. Whoever is proven to be somebody stays that: what is merely said of him only fills
// what is not known yet, and a conversation never passes from one proven identity to another, whichever event comes first.
func identify(present, given *bellhopv1.Session, how merging) {
	who, was := identityID(given), identityID(present)
	switch {
	case present.IdentityVerified && given.GetIdentityVerified():
		if who != was {
			return
		}
	case present.IdentityVerified:
		if who != was && who != "" {
			return
		}
		how = fill
	case given.GetIdentityVerified() && who != "":
		if who != was && was != "" {
			present.Identity = nil // what was said of somebody else
		}
		present.IdentityVerified, how = true, overwrite
	}
	present.Identity = merge(present.Identity, given.GetIdentity(), how)
}

func identityID(s *bellhopv1.Session) string {
	return s.GetIdentity().GetFields()["id"].GetStringValue()
}

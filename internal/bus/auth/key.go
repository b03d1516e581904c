package auth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/nats-io/nkeys"
)

var (
	// ErrOtherKey says that the seed on the disk is not the newest key of its user.
	ErrOtherKey = errors.New("the seed belongs to another key than the one that is known")
	// ErrRotating says that a user has two keys already.
	ErrRotating = errors.New("the key before is still good: retire it first")
)

// ensureKey makes a user's key if none is known. A seed that was moved elsewhere stays what it is.
func (d *Directory) ensureKey(user string) error {
	known := d.book.Keys[user]
	public, err := publicOf(d.SeedFile(user))
	switch {
	case err == nil && len(known) == 0: // the list was lost, or never written
		d.book.Keys[user] = []string{public}
		return nil
	case err == nil && known[0] != public:
		return fmt.Errorf("%w: %s", ErrOtherKey, d.SeedFile(user))
	case err == nil || errors.Is(err, fs.ErrNotExist) && len(known) > 0:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return d.makeKey(user)
}

// makeKey makes a key beside those that are known.
func (d *Directory) makeKey(user string) error {
	key, err := nkeys.CreateUser()
	if err != nil {
		return err
	}
	defer key.Wipe()
	public, err := key.PublicKey()
	if err != nil {
		return err
	}
	seed, err := key.Seed()
	if err != nil {
		return err
	}
	defer clear(seed)
	// Exclusively: whatever is there already, is somebody's key.
	file, err := os.OpenFile(d.SeedFile(user), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(seed, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	d.book.Keys[user] = append([]string{public}, d.book.Keys[user]...)
	return nil
}

func publicOf(seedFile string) (string, error) {
	text, err := os.ReadFile(seedFile)
	if err != nil {
		return "", err
	}
	defer clear(text)
	key, err := nkeys.ParseDecoratedUserNKey(text)
	if err != nil {
		return "", fmt.Errorf("%s: %w", seedFile, err)
	}
	defer key.Wipe()
	return key.PublicKey()
}

// previous is where the seed of a key is that another has followed.
func (d *Directory) previous(user string) string { return d.file(user + ".previous" + seedEnd) }

// Rotate gives a user a new key; the one before stays good until it is retired. ErrUnknown, ErrRotating.
func (d *Directory) Rotate(user string) error {
	known := d.book.Keys[user]
	if len(known) == 0 {
		return fmt.Errorf("%w: %q", ErrUnknown, user)
	}
	if len(known) > 1 {
		return fmt.Errorf("rotate the key of %s: %w", user, ErrRotating)
	}
	if err := os.Rename(d.SeedFile(user), d.previous(user)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("rotate the key of %s: %w", user, err)
	}
	if err := d.makeKey(user); err != nil {
		return fmt.Errorf("rotate the key of %s: %w", user, err)
	}
	return nil
}

// Retire ends all keys of a user but the newest. ErrUnknown.
func (d *Directory) Retire(user string) error {
	known := d.book.Keys[user]
	if len(known) == 0 {
		return fmt.Errorf("%w: %q", ErrUnknown, user)
	}
	d.book.Keys[user] = known[:1]
	if err := os.Remove(d.previous(user)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("retire the keys of %s: %w", user, err)
	}
	return nil
}

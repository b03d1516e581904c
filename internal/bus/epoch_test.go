package bus

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Servers before 2.15 say of a restored stream that it was made when the one was from which the backup was taken.
func TestRestoredStreamIsAnotherOneAlsoWhereItIsSaidToBeAsOld(t *testing.T) {
	b := &Bus{cfg: Config{Replicas: 1}}
	made := time.Now().Add(-time.Hour)
	first := jetstream.StreamInfo{Created: made, Config: jetstream.StreamConfig{Metadata: map[string]string{"kept": "yes"}}}
	seen := map[string]bool{epochOf(&first): true}
	for range 2 { // the second from a backup of what was restored
		config, err := b.restored([]byte(`{"name":"BELLHOP","num_replicas":3,"max_age":7776000000000000,"metadata":{"kept":"yes"}}`))
		if err != nil {
			t.Fatal(err)
		}
		again := jetstream.StreamInfo{Created: made}
		if err := json.Unmarshal(config, &again.Config); err != nil {
			t.Fatal(err)
		}
		if again.Config.Replicas != 1 || again.Config.MaxAge != 90*24*time.Hour || again.Config.Metadata["kept"] != "yes" {
			t.Errorf("configuration %s", config)
		}
		if epoch := epochOf(&again); seen[epoch] || !isEpoch(epoch) {
			t.Errorf("epoch %q, seen before %v", epoch, seen)
		} else {
			seen[epoch] = true
		}
	}
}

package deploy

import (
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

func TestTheBusSyncsBeforeItAcknowledgesAndItsServersFindEachOther(t *testing.T) {
	t.Setenv("POD_NAME", "nats-1")
	opts, err := server.ProcessConfigFile(manifests + "/base/nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	if !opts.SyncAlways || !opts.JetStream || opts.StoreDir != "/data" {
		t.Errorf("JetStream %v in %q, syncs always: %v", opts.JetStream, opts.StoreDir, opts.SyncAlways)
	}
	if opts.ServerName != "nats-1" || opts.Cluster.Name == "" || len(opts.Routes) != 3 {
		t.Errorf("%q in cluster %q has routes %v", opts.ServerName, opts.Cluster.Name, opts.Routes)
	}
	s := combined(t)
	nats := s.workload(t, "nats")
	for name, port := range map[string]int{"client": opts.Port, "cluster": opts.Cluster.Port, "monitor": opts.HTTPPort} {
		found := false
		for _, p := range nats.container().Ports {
			found = found || p.Name == name && int(p.ContainerPort) == port
		}
		if !found {
			t.Errorf("the %s port is %d, and not in the pod", name, port)
		}
	}
	if claim := nats.claims[0].Spec.Resources.Requests.Storage().Value(); opts.JetStreamMaxStore > claim {
		t.Errorf("JetStream may fill %d bytes of a disk of %d", opts.JetStreamMaxStore, claim)
	}
}

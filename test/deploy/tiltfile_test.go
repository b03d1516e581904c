package deploy

import (
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

var (
	// parts of Bellhop, and what they stand on.
	parts    = []string{"gateway", "inbound", "nats", "notifier-discord", "notifier-slack", "notifier-telegram", "notifier-webhook", "redis", "sessions"}
	programs = []string{"bellhop/gateway", "bellhop/inbound", "bellhop/notifier", "bellhop/sessions"}
)

func with(more ...string) func([]string) []string {
	return func(names []string) []string {
		return slices.Sorted(slices.Values(append(slices.Clone(names), more...)))
	}
}

func TestWithoutTokensTiltRunsTheSimulatorsAndTheDemo(t *testing.T) {
	for _, dotenv := range []string{"", "# TELEGRAM_BOT_TOKEN=1:a\nWELCOME_MESSAGE=Hello\nEVENTS_WEBHOOK_URL=https://example.com\n"} {
		w := evaluate(t, dotenv)
		w.expect(t, with("demo", "sim")(parts), with("bellhop/demo", "bellhop/sim")(programs))
		if env := w.site.environment(t, w.site.workload(t, "notifier-telegram")); env["TELEGRAM_API_URL"] != "http://sim:8091" {
			t.Errorf("the notifier of Telegram is connected to %q", env["TELEGRAM_API_URL"])
		}
		if ports := w.resources["demo"].list("port_forwards"); !slices.Equal(ports, []string{"8090"}) {
			t.Errorf("the demo is at %v", ports)
		}
		if told := w.site.secrets["webhook"].StringData["EVENTS_WEBHOOK_URL"]; told != "" != strings.Contains(dotenv, "EVENTS") {
			t.Errorf("the webhook of .env is %q", told)
		}
	}
}

func TestWithTokensTiltConnectsThemAndNothingIsSimulated(t *testing.T) {
	w := evaluate(t, "export TELEGRAM_BOT_TOKEN=\"7:real\"\nTELEGRAM_CHAT_ID=-1009\nAPI_KEY='k=1'\n")
	w.expect(t, parts, programs)
	telegram, slack := w.site.secrets["telegram"], w.site.secrets["slack"]
	if telegram.StringData["TELEGRAM_BOT_TOKEN"] != "7:real" || telegram.StringData["TELEGRAM_CHAT_ID"] != "-1009" || len(telegram.Data)+len(telegram.StringData) != 2 {
		t.Errorf("Telegram is given %v and %d simulated values", telegram.StringData, len(telegram.Data))
	}
	if len(slack.Data)+len(slack.StringData) != 0 {
		t.Errorf("Slack is given %v %v", slack.Data, slack.StringData)
	}
	if key := w.site.secrets["api"].StringData["API_KEY"]; key != "k=1" {
		t.Errorf("the API's key is %q", key)
	}
	if env := w.site.environment(t, w.site.workload(t, "gateway")); env["BRIDGES"] != "telegram" {
		t.Errorf("the gateway tells of %q", env["BRIDGES"])
	}
}

// expect compares the workloads and the images, and looks at what must hold for each.
func (w *tilt) expect(t *testing.T, workloads, images []string) {
	t.Helper()
	if got := slices.Sorted(maps.Keys(w.resources)); !slices.Equal(got, workloads) {
		t.Errorf("resources are %v, want %v", got, workloads)
	}
	if got := slices.Sorted(maps.Keys(w.images)); !slices.Equal(got, images) {
		t.Errorf("images are %v, want %v", got, images)
	}
	var applied []string
	for _, one := range w.site.workloads {
		applied = append(applied, one.name)
	}
	if slices.Sort(applied); !slices.Equal(applied, workloads) {
		t.Errorf("applied are %v, want %v", applied, workloads)
	}
	for name, resource := range w.resources {
		for _, needed := range resource.list("resource_deps") {
			if w.resources[needed] == nil && w.locals[needed] == nil {
				t.Errorf("%s waits for %s, which is not there", name, needed)
			}
		}
	}
	for _, image := range programs {
		w.updates(t, strings.TrimPrefix(image, "bellhop/"))
	}
	for _, target := range []string{"make test", "make lint", "make images"} {
		if button := w.locals[target]; button == nil || button["cmd"].String() != `"`+target+`"` || button["auto_init"].Truth() {
			t.Errorf("there is no button for %s: %v", target, button)
		}
	}
}

// updates checks that a changed service gets into its pod: compiled to where it is taken from, put to where it is run from.
func (w *tilt) updates(t *testing.T, service string) {
	t.Helper()
	if cmd := w.locals["compile "+service]["cmd"]; cmd == nil || !strings.Contains(cmd.String(), "-o bin/live/ ./services/"+service+"/cmd/"+service) {
		t.Errorf("%s is compiled by %v", service, cmd)
	}
	want := []string{"sync bin/live/" + service + " /live/" + service, "run killall " + service}
	if steps := w.images["bellhop/"+service].list("live_update"); !slices.Equal(steps, want) {
		t.Errorf("%s is updated by %v, want %v", service, steps, want)
	}
	for _, one := range w.site.workloads {
		if one.pod.Labels["app.kubernetes.io/name"] != service {
			continue
		}
		c := one.container()
		mounted := slices.ContainsFunc(one.pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == "live" && v.EmptyDir != nil })
		if !mounted || len(c.Command) != 3 || !strings.Contains(c.Command[2], "/live/*") || c.VolumeMounts[0].MountPath != "/live" {
			t.Errorf("%s does not run from /live: %v", one.name, c.Command)
		}
	}
}

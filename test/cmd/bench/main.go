// Command bench measures Bellhop and prints a table: what `make bench` runs. It takes the programs beside itself.
package main

import (
	"context"
	"flag"
	"io"
	"strings"

	"github.com/bellhop-chat/bellhop/test/bench"
	"github.com/bellhop-chat/bellhop/test/cluster"
)

func main() { cluster.Main("bench", run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 3 && args[0] == "role" { // a load generator, started by this program itself
		return bench.Role(args[1], args[2])
	}
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := set.String("only", "", "scenarios to run, comma separated: "+strings.Join(bench.Scenarios(), ", "))
	brief := set.Bool("brief", false, "a short run, to see whether everything works")
	durability := set.String("durability", "safe", "profile of the latency and memory scenarios")
	backlog := set.Int("backlog", bench.Backlog, "messages that the scenario of that name has undelivered on each platform")
	patient := set.Bool("patient", false, "watch to its end how the backlog is worked off")
	if err := set.Parse(args); err != nil {
		return err
	}
	o := bench.Options{Brief: *brief, Durability: *durability, Backlog: *backlog, Patient: *patient, Out: out}
	if *only != "" {
		o.Only = strings.Split(*only, ",")
	}
	var err error
	if o.Bin, err = cluster.Installed(); err != nil {
		return err
	}
	return bench.Run(ctx, o)
}

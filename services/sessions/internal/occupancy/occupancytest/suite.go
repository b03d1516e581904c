package occupancytest

import (
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// Subject is a store and what a test may do to it behind its back.
type Subject struct {
	occupancy.Store
	// Lapse has a gateway's lease run out now.
	Lapse func(app, gateway string)
	// Age makes an app's state older.
	Age func(app string, by time.Duration)
	// Pass has what is told of an app's leavings due earlier.
	Pass func(app string, by time.Duration)
	// Keep answers what sets an app back to how it is now, as a Redis does that has lost the last of what was written.
	Keep func(app string) (restore func())
	// Left tells what there is in an app but its leases, its age and its version.
	Left func(app string) []string
}

// Open makes an empty store that lives as long as the test, and whose leases outlast it.
type Open func(t *testing.T) Subject

// Lease is how long the leases of the stores under test last.
const Lease = time.Hour

// Run runs the suite, each guarantee with a store of its own, one after the other.
func Run(t *testing.T, open Open) {
	for _, guarantee := range []struct {
		name  string
		check func(*world)
	}{
		{"FirstLeaseIsFreshAndTheNextIsNot", firstLeaseIsFresh},
		{"StateSettlesAfterALeaseAndTwoSeconds", stateSettles},
		{"ReportWithoutALeaseLeavesNothing", reportWithoutALease},
		{"LapsedLeaseGoesOnUntilItIsTakenBack", lapsedLeaseGoesOn},
		{"TakenBackGatewayReportsNothingUntilItRenews", takenBackGateway},
		{"SocketsAreTheSumOfWhatGatewaysHave", socketsAreTheSum},
		{"RepeatedReportChangesNothing", repeatedReport},
		{"UserComesWithHisFirstGatewayAndGoesWithHisLast", userComesAndGoes},
		{"FirstInfoStandsWhileTheUserIsIn", firstInfoStands},
		{"UserBeyondTheLimitLeavesNoTrace", userBeyondTheLimit},
		{"WhoGoesMakesRoomForWhoComesWithHim", whoGoesMakesRoom},
		{"MembersAreByUserAndOnlyWhereAskedFor", membersAreByUser},
		{"VersionsFormAChain", versionsFormAChain},
		{"EmptyChannelLeavesNothing", emptyChannelLeavesNothing},
		{"LapsedGatewayIsTakenBack", lapsedGatewayIsTakenBack},
		{"ManyChannelsAreTakenBackOnce", manyChannelsAreTakenBackOnce},
		{"SweepersAtOnceSeeEachRemovalOnce", sweepersAtOnce},
		{"GatewaysAtOnceKeepToTheLimit", gatewaysAtOnce},
		{"OccupiedChannelsAreListedByName", occupiedChannelsAreListed},
		{"ListHasNoEndAtAPage", listHasNoEndAtAPage},
		{"LookKeepsTheOrder", lookKeepsTheOrder},
		{"AppsDoNotSeeEachOther", appsDoNotSeeEachOther},
		{"NamesOfAnyCharacterStayApart", namesOfAnyCharacter},
		{"ComingIsToldToWebhooksAtOnce", comingIsToldAtOnce},
		{"LeavingIsToldAfterGraceInOrder", leavingIsToldAfterGrace},
		{"NeitherIsToldOfWhoIsBackWithinGrace", whoIsBackIsNotTold},
		{"LeavingsOfAKilledGatewayAreTold", killedGatewayIsTold},
		{"LostStateTellsNothingAgainAndNobodyGoneBeforeItSettles", unsettledStateTellsNobodyGone},
		{"ManySocketsAreCountedNowAndThen", manySocketsAreCountedNowAndThen},
		{"NewsThatIsNotToldStaysAsItIs", newsThatIsNotToldStays},
		{"BatchesOfNewsAreSmall", batchesAreSmall},
		{"LostReportsAreToldAgain", lostReportsAreToldAgain},
		{"WhoHeardWhatIsLostSaysSo", whoHeardWhatIsLostSaysSo},
		{"KeptStateIsNotTakenForLost", keptStateIsNotLost},
		{"LateReportIsNotTaken", lateReportIsNotTaken},
		{"RepetitionEndsWithWhatWasNotRepeated", repetitionEndsWithWhatWasNotRepeated},
		{"AppWithoutWebhooksHasNoNews", appWithoutWebhooksHasNoNews},
		{"RandomReportsAndLapsesAnswerAsTheModelDoes", randomReports},
	} {
		t.Run(guarantee.name, func(t *testing.T) { guarantee.check(&world{T: t, s: open(t)}) })
	}
}

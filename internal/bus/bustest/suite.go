package bustest

import (
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// Site is a place where a bus runs.
type Site interface {
	// Connect opens another connection to the bus.
	Connect(t testing.TB, cfg bus.Config) *bus.Bus
	// Client is a program outside.
	Client(t testing.TB) *nats.Conn
}

// guarantees are what every kind of bus must keep, by the name of the test that shows it. Each gets a project and names of
// its own, because the stream may be shared.
var guarantees = map[string]func(*testing.T, *world){
	"AcknowledgedEventsAreStored":                   acknowledgedEventsAreStored,
	"MissingEventIsNamed":                           missingEventIsNamed,
	"SameIDIsStoredOnceAndRepublishedOnce":          sameIDIsStoredOnce,
	"EventsOfOneCallKeepTheirOrder":                 eventsOfOneCallKeepTheirOrder,
	"ManyAtOnceAreStoredOnceEach":                   manyAtOnceAreStoredOnceEach,
	"EventThatCannotBeEncodedStoresNothing":         unencodableStoresNothing,
	"TooLargeEventIsRefusedAsSuch":                  tooLargeIsRefused,
	"LiveCarriesStoredEventsOnly":                   liveCarriesStoredEventsOnly,
	"PublishedTraceIsFoundInTheHandler":             traceIsFoundInHandler,
	"ReplayGivesWhatPassesTheFilterInOrder":         replayFilters,
	"ReplayReadsFarPastOneBatch":                    replayReadsFar,
	"ReplayPartGivesOnePartInBatches":               replayPart,
	"LastSeqIsTheSessionsNewest":                    lastSeq,
	"HandledEventIsAcknowledgedOnce":                handledIsAcknowledgedOnce,
	"PermanentErrorGoesToTheDeadLettersAtOnce":      permanentIsBuried,
	"RetryAfterWaitsAndIsNotCounted":                retryAfterIsNotCounted,
	"ImpatientEventIsBuried":                        impatientIsBuried,
	"OrdinaryErrorIsRetriedLaterEachTimeThenBuried": ordinaryIsRetriedThenBuried,
	"SessionsKeepTheirOrderBesideEachOther":         sessionsKeepOrder,
	"SlowHandlerGetsNoSecondCopy":                   slowHandlerGetsNoSecondCopy,
	"DeletedConsumerIsMadeAnewAndMissesNothing":     deletedConsumerIsMadeAnew,
	"EventOfAGoneProcessGoesToAnother":              goneProcess,
	"DrainFinishesWhatHasBegunAndPutsBackTheRest":   drain,
	"HandlerIsCutOffByTheDrainTime":                 drainCutsOff,
	"OrderedConsumerTriesAgainBeforeTheNext":        orderedTriesAgainFirst,
	"OrderedConsumerWaitsForWhatAKilledOneHad":      orderedWaitsForOrphans,
	"ConsumersStateIsTold":                          consumerState,
	"DeadLetterIsReadAndDropped":                    deadLetterIsReadAndDropped,
	"UnreadableBytesGoToTheDeadLetters":             unreadableIsBuried,
	"BacklogIsWhereANewConsumerBegins":              backlog,
	"TypesNarrowAConsumer":                          typesNarrow,
	"ProjectNarrowsAConsumer":                       projectNarrows,
	"FollowHearsEachEventOnceInOrder":               followHearsEachOnce,
	"FollowFillsWhatASlowReaderDropped":             followFillsDropped,
	"FollowFindsTheLastEventThatWasLost":            followFindsTail,
	"FollowResetsWhereTheHoleIsTooLarge":            followResets,
	"SignalReachesThoseWhoListen":                   signalReaches,
	"CommandIsAnswered":                             commandIsAnswered,
	"LeaseHasOneHolderAtATime":                      leaseHasOneHolder,
	"LeaseOfACutOffHolderIsTakenOver":               leaseIsTakenOver,
	"LeaseOfOneWhoStandsDownIsHandedOver":           leaseIsHandedOver,
	"HolderOfALeaseIsNamed":                         holderIsNamed,
	"NoteIsWrittenOnceByTheFirst":                   noteIsWrittenOnce,
	"NoteChangesOnlyFromWhatWasRead":                noteChangesFromWhatWasRead,
	"DeletedNoteMayBeWrittenAnew":                   deletedNote,
	"NotesAreListedBelowTheirPath":                  notesAreListed,
	"ObjectComesBackAsItWasStored":                  objectComesBack,
	"ObjectIsReadByAnyNATSClient":                   objectIsReadOutside,
	"ObjectNameIsGivenOnce":                         objectNameIsGivenOnce,
	"ObjectThatIsNotWhatWasAnnouncedIsRefused":      objectIsNotAsAnnounced,
	"ObjectIsReadFromAnyPlace":                      objectIsReadFromAnyPlace,
	"ObjectsMetadataChangeOnlyFromWhatWasRead":      objectMetadata,
	"DeletedObjectIsGone":                           deletedObject,
	"BrokenObjectIsNotPassedOffAsWhole":             brokenObject,
	"PartsSurviveReplicasThatComeAndGo":             partsChaos,
	"PartsReplayWhatAWipedStoreHasLost":             partsWiped,
}

// logic are guarantees that do not depend on the kind of bus, would load a cluster with consumers for nothing, or are a
// single server's only.
var logic = map[string]func(*testing.T, *world){
	"OrderedConsumerHandsOverWithoutAnAckWait":    orderedHandsOver,
	"DrainPutsBackWithoutAnAckWait":               drainAtOnce,
	"ObjectIsStoredWhileItComes":                  objectIsStoredWhileItComes,
	"NothingIsLeftOfAnObjectThatWasNotStored":     nothingIsLeft,
	"NotebookSurvivesTheLossOfItsBucket":          notebookIsMadeAnew,
	"PartsApplyEachEventOnceInOrder":              partsOneReplica,
	"PartsPassWhatCannotBeRead":                   partsPoison,
	"PartsWaitWhileTheStoreIsAway":                partsWaitForStore,
	"PartsFinishTheirBatchWhenTheyAreStopped":     partsFinishBatch,
	"PartsKeepTheirOrderWithAnyBatchAndAnyBursts": partsBursts,
}

// Run checks every guarantee, each on the site that it is given: a new one, or one that is shared.
func Run(t *testing.T, site func(t testing.TB) Site) { run(t, site, guarantees) }

// RunLogic checks what need not be checked on every kind of bus.
func RunLogic(t *testing.T, site func(t testing.TB) Site) { run(t, site, logic) }

func run(t *testing.T, site func(t testing.TB) Site, checks map[string]func(*testing.T, *world)) {
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, newWorld(t, site(t)))
		})
	}
}

package storetest

import (
	"testing"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Open makes an empty store that lives as long as the test.
type Open func(t *testing.T) store.Store

// Opened is a store that was opened without error and is closed at the end of the test.
func Opened[S store.Store](t testing.TB, s S, err error) S {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// Run runs the suite, each guarantee with a store of its own, one after the other.
func Run(t *testing.T, open Open) {
	for _, guarantee := range []struct {
		name  string
		check func(*testing.T, store.Store)
	}{
		{"FreshStoreIsEmpty", freshStoreIsEmpty},
		{"WhatWasCommittedIsReadBack", whatWasCommittedIsReadBack},
		{"LoadAnswersOnlyWhatIsThere", loadAnswersOnlyWhatIsThere},
		{"LoadedRecordsAreTheCallers", loadedRecordsAreTheCallers},
		{"OtherFloorConflictsAndWritesNothing", otherFloorConflictsAndWritesNothing},
		{"OtherSeqConflictsAndWritesNothing", otherSeqConflictsAndWritesNothing},
		{"SameChangeTwiceConflictsAndChangesNothing", sameChangeTwiceConflictsAndChangesNothing},
		{"EmptyChangeMovesTheFloor", emptyChangeMovesTheFloor},
		{"LargeChangeIsOneChange", largeChangeIsOneChange},
		{"MessagesAnswerEveryQuery", messagesAnswerEveryQuery},
		{"OldMessageThatChangedIsFoundInALongConversation", oldChangeInALongConversation},
		{"LimitsOutOfRangeAreRefused", limitsOutOfRangeAreRefused},
		{"ThreadsNameTheirSession", threadsNameTheirSession},
		{"MovedThreadIsFoundAtBothPlaces", movedThreadIsFoundAtBothPlaces},
		{"CopiesNameTheirMessage", copiesNameTheirMessage},
		{"JoinedPostNamesItsLastMessage", joinedPostNamesItsLastMessage},
		{"OperatorKeepsTheNewestStatus", operatorKeepsTheNewestStatus},
		{"ListPagesAreCompleteAndWithoutRepeats", listPagesAreComplete},
		{"ListFiltersByStatus", listFiltersByStatus},
		{"ListPlaceNeverMovesBack", listPlaceNeverMovesBack},
		{"ListRefusesForeignTokens", listRefusesForeignTokens},
		{"VisitExpires", visitExpires},
		{"VisitIsRenewedByReading", visitIsRenewedByReading},
		{"ResetForgetsAllButVisits", resetForgetsAllButVisits},
		{"WipedSessionLeavesItsRecordOnly", wipedSessionLeavesItsRecord},
		{"WipedSessionIsNowhereToBeFoundOnceSwept", sweptSessionIsNowhere},
		{"WholeSessionsAreLoaded", wholeSessionsAreLoaded},
		{"ErasuresAreFoundUntilTheyAreDropped", erasuresAreFound},
		{"VisitorsSessionsAndVisitsAreFound", visitorsSessionsAreFound},
		{"VerifiedIdentitysSessionsAreFoundLatestFirst", verifiedIdentitysSessionsAreFound},
		{"ErasedSessionIsNoIdentitys", erasedSessionIsNoIdentitys},
		{"IdleSessionsAreListedOldestFirst", idleSessionsAreListed},
		{"SilentSessionsAreThoseWithoutAWord", silentSessions},
		{"ScrubbingAnEmptyStoreIsNoError", scrubbing},
		{"ProjectsDoNotSeeEachOther", projectsDoNotSeeEachOther},
		{"IDsOfAnyCharacterStayApart", idsOfAnyCharacterStayApart},
		{"PlacesCutElsewhereStayApart", placesCutElsewhereStayApart},
		{"PartsAreCommittedConcurrently", partsAreCommittedConcurrently},
		{"RacingCommittersApplyEachEventOnce", racingCommittersApplyEachEventOnce},
		{"EndedContextIsAnError", endedContextIsAnError},
		{"RandomChangesAnswerAsTheModelDoes", randomChangesAnswerAsTheModelDoes},
	} {
		t.Run(guarantee.name, func(t *testing.T) { guarantee.check(t, open(t)) })
	}
}

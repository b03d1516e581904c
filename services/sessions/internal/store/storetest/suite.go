package storetest

import (
	"testing"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Open makes an empty store that lives as long as the test.
type Open func(t *testing.T) store.Store

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
		{"ListRefusesForeignTokens", listRefusesForeignTokens},
		{"VisitExpires", visitExpires},
		{"VisitIsRenewedByReading", visitIsRenewedByReading},
		{"ResetForgetsAllButVisits", resetForgetsAllButVisits},
		{"ProjectsDoNotSeeEachOther", projectsDoNotSeeEachOther},
		{"IDsOfAnyCharacterStayApart", idsOfAnyCharacterStayApart},
		{"PartsAreCommittedConcurrently", partsAreCommittedConcurrently},
		{"RacingCommittersApplyEachEventOnce", racingCommittersApplyEachEventOnce},
		{"EndedContextIsAnError", endedContextIsAnError},
		{"RandomChangesAnswerAsTheModelDoes", randomChangesAnswerAsTheModelDoes},
	} {
		t.Run(guarantee.name, func(t *testing.T) { guarantee.check(t, open(t)) })
	}
}

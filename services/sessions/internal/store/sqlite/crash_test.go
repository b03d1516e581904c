package sqlite

const crashEnv = "BELLHOP_TEST_COMMIT_UNTIL_KILLED"

func commitUntilKilled(path string) {}

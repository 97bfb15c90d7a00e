package main

import (
	"fmt"
	"time"
)

// finalTries is how often a member is asked for a key before it counts as gone.
const finalTries = 3

// readFinally reads every key of a history at every endpoint, one after the other, and returns the history
// with these reads behind it.
func readFinally(ops []Op, endpoints []string, credentials credentials) ([]Op, error) {
	pool, err := newPool(endpoints, credentials)
	if err != nil {
		return nil, err
	}
	defer pool.close()
	var keys []string
	seen := map[string]bool{}
	process, lastNs := 0, int64(0)
	for _, op := range ops {
		if !seen[op.Key] {
			keys = append(keys, op.Key)
			seen[op.Key] = true
		}
		process = max(process, op.Client+1)
		lastNs = max(lastNs, op.CallNs, op.ReturnNs)
	}
	for _, m := range pool.members {
		for _, key := range keys {
			op, err := readOnce(m, Op{Client: process, Kind: Get, Key: key})
			if err != nil {
				return nil, err
			}
			// The system's clock may have been set since the run.
			op.CallNs, op.ReturnNs = lastNs+1, lastNs+2
			lastNs += 2
			ops = append(ops, op)
		}
	}
	return ops, nil
}

func readOnce(m *member, op Op) (Op, error) {
	for try := 1; ; try++ {
		done := do(m, op, newClock())
		if done.OK {
			return done, nil
		}
		if try == finalTries {
			return op, fmt.Errorf("final read of %s at %s: %s", op.Key, m.Endpoints()[0], done.Error)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

package main

import (
	"fmt"

	"github.com/anishathalye/porcupine"
)

// register models one key: its state is the value it holds, empty while there is no such key. All
// operations have a known outcome; see settle.
var register = porcupine.Model{
	Init: func() any { return "" },
	Step: func(state, input, _ any) (bool, any) {
		return step(state.(string), input.(Op))
	},
}

// step says whether an operation of known outcome can take place in a state, and what comes of it.
func step(state string, op Op) (bool, string) {
	switch {
	case op.Kind == Put:
		return true, op.Value
	case op.Kind == CAS && op.Swapped:
		return state == op.Expected, op.Value
	case op.Kind == CAS:
		return state != op.Expected && state == op.Output, state
	default:
		return state == op.Output, state
	}
}

// operations turns a history of one key into porcupine's.
func operations(ops []Op) []porcupine.Operation {
	history := make([]porcupine.Operation, len(ops))
	for i, op := range ops {
		history[i] = porcupine.Operation{ClientId: op.Client, Input: op, Call: op.CallNs, Return: op.ReturnNs}
	}
	return history
}

// settle decides the writes of unknown outcome. Every value is written by one operation only, hence:
//
//   - When a value was seen, its write took effect, and no later than whatever saw it returned.
//   - When it was never seen, the history holds with the write exactly if it holds without it: whatever
//     the write replaced would have been replaced by the next one anyway, and nothing looked in between.
//
// So an unknown write gets a return time or goes away, and the search does not have to try all subsets of
// writes that stay open for ever, which takes exponential time in their number. The second result is the
// number of unknown writes that took effect.
func settle(ops []Op) ([]Op, int) {
	seenBy := map[string]int64{}
	see := func(op Op) bool {
		value, any := op.saw()
		if !any {
			return false
		}
		first, known := seenBy[value]
		if known && first <= op.ReturnNs {
			return false
		}
		seenBy[value] = op.ReturnNs
		return true
	}
	for _, op := range ops {
		see(op)
	}
	// A CAS that turns out to have taken effect has itself seen a value, maybe of an unknown write.
	for changed := true; changed; {
		changed = false
		for _, op := range ops {
			if settled, yes := took(op, seenBy); yes && see(settled) {
				changed = true
			}
		}
	}
	var known []Op
	effective := 0
	for _, op := range ops {
		if op.OK {
			known = append(known, op)
		} else if settled, yes := took(op, seenBy); yes {
			known = append(known, settled)
			effective++
		}
	}
	return known, effective
}

// took returns an unknown write as the known one that it is once its value was seen.
func took(op Op, seenBy map[string]int64) (Op, bool) {
	seen, yes := seenBy[op.Value]
	if op.OK || !yes {
		return op, false
	}
	op.OK = true
	op.Swapped = op.Kind == CAS
	// A value that was seen before it was written: the model refuses it, given a valid interval.
	op.ReturnNs = max(seen, op.CallNs)
	return op, true
}

// requireUniqueValues refuses what settle cannot judge.
func requireUniqueValues(ops []Op) error {
	writer := map[string]bool{}
	for _, op := range ops {
		if op.Kind == Get {
			continue
		}
		if op.Value == "" || writer[op.Value] {
			return fmt.Errorf("value %q of key %s: want a value that no other operation writes", op.Value, op.Key)
		}
		writer[op.Value] = true
	}
	return nil
}

package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// history numbers operations: times, then revisions as given by at.
type history []Op

func at(op Op, call, ret, revision int64) Op {
	op.Key, op.CallNs, op.ReturnNs, op.Revision = "k", call, ret, revision
	op.OK = ret > 0
	if op.OK {
		op.Cluster = "c1"
	}
	return op
}

func put(value string) Op  { return Op{Kind: Put, Value: value} }
func get(output string) Op { return Op{Kind: Get, Output: output} }
func swap(expected, value string) Op {
	return Op{Kind: CAS, Expected: expected, Value: value, Swapped: true}
}
func refused(expected, value, output string) Op {
	return Op{Kind: CAS, Expected: expected, Value: value, Output: output}
}
func seenAt(op Op, modRevision int64) Op { op.ModRevision = modRevision; return op }
func inCluster(op Op, id string) Op      { op.Cluster = id; return op }
func unknown(op Op, call int64) Op       { op.Swapped = false; return at(op, call, 0, 0) }

func TestJudge(t *testing.T) {
	tests := map[string]struct {
		ops history
		// broken are the rules that must be named; none: the history holds.
		broken []string
	}{
		"one after the other": {ops: history{
			at(get(""), 1, 2, 1),
			at(put("a"), 3, 4, 2),
			at(seenAt(get("a"), 2), 5, 6, 2),
			at(swap("a", "b"), 7, 8, 3),
			at(seenAt(refused("a", "x", "b"), 3), 9, 10, 3),
			at(seenAt(get("b"), 3), 11, 12, 3),
		}},
		"a CAS on a key that is not there": {ops: history{
			at(swap("", "a"), 1, 2, 2),
			at(seenAt(refused("", "b", "a"), 2), 3, 4, 2),
		}},
		"concurrent operations in another order than their calls": {ops: history{
			at(put("a"), 1, 9, 3),
			at(put("b"), 2, 8, 2),
			at(seenAt(get("b"), 2), 3, 7, 2),
			at(seenAt(get("a"), 3), 10, 11, 3),
		}},
		"unknown writes: one never, one late, one at once": {ops: history{
			unknown(put("never"), 1),
			unknown(put("late"), 2),
			unknown(put("soon"), 3),
			at(seenAt(get("soon"), 2), 4, 5, 2),
			at(put("a"), 6, 7, 3),
			at(seenAt(get("a"), 3), 8, 9, 3),
			at(seenAt(get("late"), 4), 10, 11, 4),
		}},
		"an unknown CAS that took effect on an unknown put": {ops: history{
			unknown(put("a"), 1),
			unknown(swap("a", "b"), 2),
			at(seenAt(get("b"), 3), 3, 4, 3),
		}},
		"an unknown write that is seen, overwritten and seen again": {
			ops: history{
				unknown(put("u"), 1),
				at(get("u"), 2, 3, 2),
				at(put("a"), 4, 5, 3),
				at(get("u"), 6, 7, 3),
			},
			broken: []string{"linearizable"},
		},
		"a lost acknowledged write": {
			ops:    history{at(put("a"), 1, 2, 2), at(put("b"), 3, 4, 3), at(get("a"), 5, 6, 3)},
			broken: []string{"linearizable"},
		},
		"all acknowledged writes lost": {
			ops:    history{at(put("a"), 1, 2, 2), at(get(""), 3, 4, 2)},
			broken: []string{"linearizable"},
		},
		"a stale read": {
			ops: history{
				at(put("a"), 1, 2, 2),
				at(put("b"), 3, 10, 3),
				at(get("b"), 4, 5, 3),
				at(get("a"), 6, 7, 3),
			},
			broken: []string{"linearizable"},
		},
		"a value that was seen before anyone wrote it": {
			ops:    history{at(get("a"), 1, 2, 2), unknown(put("a"), 3)},
			broken: []string{"linearizable"},
		},
		"a value that nobody wrote": {
			ops:    history{at(get("a"), 1, 2, 2)},
			broken: []string{"linearizable"},
		},
		"two CAS on one value": {
			ops:    history{at(put("a"), 1, 2, 2), at(swap("a", "b"), 3, 8, 3), at(swap("a", "c"), 4, 7, 4)},
			broken: []string{"linearizable"},
		},
		"a CAS that was applied twice": {
			// Between the two, another client has put its expected value back in place of its own.
			ops: history{
				at(put("a"), 1, 2, 2),
				at(swap("a", "b"), 3, 20, 3),
				at(seenAt(get("b"), 3), 4, 5, 3),
				at(put("c"), 6, 7, 4),
				at(seenAt(get("b"), 5), 8, 9, 5),
			},
			broken: []string{"linearizable", "modRevision"},
		},
		"a put that was applied twice in a row": {
			ops: history{
				at(put("a"), 1, 10, 2),
				at(seenAt(get("a"), 2), 2, 3, 2),
				at(seenAt(get("a"), 3), 4, 5, 3),
			},
			broken: []string{"modRevision"},
		},
		"a CAS refused although its value was there": {
			ops:    history{at(put("a"), 1, 2, 2), at(refused("a", "b", "a"), 3, 4, 2)},
			broken: []string{"linearizable"},
		},
		"a revision that goes back": {
			ops:    history{at(put("a"), 1, 2, 7), at(get("a"), 3, 4, 6)},
			broken: []string{"revision"},
		},
		"a write without a revision of its own": {
			ops:    history{at(put("a"), 1, 2, 2), at(put("b"), 3, 4, 2)},
			broken: []string{"revision"},
		},
		"two concurrent writes at one revision": {
			ops:    history{at(put("a"), 1, 4, 2), at(put("b"), 2, 3, 2)},
			broken: []string{"revision"},
		},
		"another cluster": {
			ops:    history{at(put("a"), 1, 2, 2), inCluster(at(get("a"), 3, 4, 2), "c2")},
			broken: []string{"cluster"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			verdict, err := judge(test.ops, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			var broken []string
			for _, violation := range verdict.Violations {
				if violation.Key != "k" || len(violation.Operations) == 0 {
					t.Errorf("the violation names no key or operation: %+v", violation)
				}
				broken = append(broken, violation.Rule)
			}
			slices.Sort(broken)
			broken = slices.Compact(broken)
			if !slices.Equal(broken, test.broken) {
				t.Errorf("broken rules: got %q, want %q", broken, test.broken)
			}
			if verdict.Holds != (len(test.broken) == 0) {
				t.Errorf("holds: got %v", verdict.Holds)
			}
		})
	}
}

func TestJudgeRefusesAValueOfTwoWriters(t *testing.T) {
	_, err := judge(history{at(put("a"), 1, 2, 2), at(put("a"), 3, 4, 3)}, time.Minute)
	if err == nil || !strings.Contains(err.Error(), `value "a"`) {
		t.Errorf("got %v", err)
	}
}

func TestJudgeIsUndecidedWhenTimeIsUp(t *testing.T) {
	// Concurrent puts before a read that fits none: all their subsets have to be tried.
	var ops history
	for i := range int64(40) {
		ops = append(ops, at(put(fmt.Sprint(i)), 1+i, 1000+i, 2+i))
	}
	ops = append(ops, at(get("none"), 2000, 2001, 100))
	verdict, err := judge(ops, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if verdict.Holds || !slices.Equal(verdict.Undecided, []string{"k"}) {
		t.Errorf("got %+v", verdict)
	}
}

func TestJudgeManyUnknownWritesInTime(t *testing.T) {
	var ops history
	for i := range int64(2000) {
		ops = append(ops, at(put(fmt.Sprint("a", i)), 10*i+1, 10*i+4, 2+i), unknown(put(fmt.Sprint("u", i)), 10*i+2))
		ops = append(ops, at(get(fmt.Sprint("a", i)), 10*i+5, 10*i+6, 2+i))
	}
	verdict, err := judge(ops, 10*time.Second)
	if err != nil || !verdict.Holds {
		t.Errorf("got %+v, %v", verdict, err)
	}
}

// endless is the plain model of a register whose unknown writes stay open for ever.
var endless = porcupine.Model{
	Init: register.Init,
	Step: func(state, input, _ any) (bool, any) {
		op := input.(Op)
		if op.OK || op.Kind == Put {
			return step(state.(string), op)
		}
		if state == op.Expected {
			return true, op.Value
		}
		return true, state
	},
}

// Settling must change no verdict: small random histories, valid or not, against the plain model.
func TestSettleAgreesWithThePlainModel(t *testing.T) {
	const never = 1 << 40
	random := rand.New(rand.NewPCG(1, 2))
	verdicts := map[bool]int{}
	for range 20000 {
		ops := randomHistory(random)
		plain := slices.Clone(ops)
		for i := range plain {
			if !plain[i].OK {
				plain[i].ReturnNs = never
			}
		}
		want := porcupine.CheckOperations(endless, operations(plain))
		settled, _ := settle(ops)
		if got := porcupine.CheckOperations(register, operations(settled)); got != want {
			t.Fatalf("got %v, want %v for %+v", got, want, ops)
		}
		verdicts[want]++
	}
	if verdicts[true] < 1000 || verdicts[false] < 1000 {
		t.Errorf("one-sided histories: %v", verdicts)
	}
}

func randomHistory(random *rand.Rand) []Op {
	values := []string{"", "a", "b", "c", "d"}
	pick := func() string { return values[random.IntN(len(values))] }
	written := 1
	var ops []Op
	for range 3 + random.IntN(5) {
		call := int64(1 + random.IntN(12))
		ret := call + 1 + int64(random.IntN(4))
		op := get(pick())
		if written < len(values) && random.IntN(3) > 0 {
			value := values[written]
			written++
			switch random.IntN(3) {
			case 0:
				op = put(value)
			case 1:
				op = swap(pick(), value)
			case 2:
				op = refused(pick(), value, pick())
			}
			if op.Expected == value {
				op = put(value)
			}
			if random.IntN(2) == 0 {
				op.Swapped, op.Output = false, ""
				ret = 0
			}
		}
		ops = append(ops, at(op, call, ret, 0))
	}
	return ops
}

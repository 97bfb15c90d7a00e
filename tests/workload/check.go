package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

// Violation is one rule that a history breaks, with the operations that show it.
type Violation struct {
	Rule       string `json:"rule"`
	Key        string `json:"key,omitempty"`
	Text       string `json:"text"`
	Operations []Op   `json:"operations"`
}

// Verdict is what check has found.
type Verdict struct {
	Holds      bool `json:"holds"`
	Operations int  `json:"operations"`
	Keys       int  `json:"keys"`
	// UnknownWrites is the number of writes without an answer, UnknownEffective of those whose value was
	// seen later on.
	UnknownWrites    int         `json:"unknownWrites"`
	UnknownEffective int         `json:"unknownEffective"`
	Cluster          string      `json:"cluster,omitempty"`
	FirstRevision    int64       `json:"firstRevision"`
	LastRevision     int64       `json:"lastRevision"`
	Violations       []Violation `json:"violations"`
	// Undecided are the keys for which time was up.
	Undecided []string `json:"undecided"`
}

// shownViolations bounds what is printed of each rule.
const shownViolations = 5

// judge applies every rule to a history, in bounded time.
func judge(ops []Op, timeout time.Duration) (Verdict, error) {
	if err := requireUniqueValues(ops); err != nil {
		return Verdict{}, err
	}
	verdict := Verdict{Operations: len(ops), Violations: []Violation{}, Undecided: []string{}}
	byKey := map[string][]Op{}
	for _, op := range ops {
		byKey[op.Key] = append(byKey[op.Key], op)
		if !op.OK {
			verdict.UnknownWrites++
			continue
		}
		verdict.Cluster = cmp.Or(verdict.Cluster, op.Cluster)
		verdict.LastRevision = max(verdict.LastRevision, op.Revision)
		if verdict.FirstRevision == 0 || op.Revision < verdict.FirstRevision {
			verdict.FirstRevision = op.Revision
		}
	}
	verdict.Keys = len(byKey)
	for _, rule := range []func([]Op) []Violation{sameCluster, revisionsInOrder, revisionsOfValues} {
		found := rule(ops)
		verdict.Violations = append(verdict.Violations, found[:min(len(found), shownViolations)]...)
	}
	deadline := time.Now().Add(timeout)
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		known, effective := settle(byKey[key])
		verdict.UnknownEffective += effective
		violation, decided := linearizable(key, known, time.Until(deadline))
		if !decided {
			verdict.Undecided = append(verdict.Undecided, key)
		}
		if violation != nil {
			verdict.Violations = append(verdict.Violations, *violation)
		}
	}
	verdict.Holds = len(verdict.Violations) == 0 && len(verdict.Undecided) == 0
	return verdict, nil
}

// linearizable judges one key. The second result is false when time was up first.
func linearizable(key string, known []Op, timeout time.Duration) (*Violation, bool) {
	// Porcupine takes 0 and less for "no limit".
	timeout = max(timeout, time.Millisecond)
	switch result, info := porcupine.CheckOperationsVerbose(register, operations(known), timeout); result {
	case porcupine.Ok:
		return nil, true
	case porcupine.Illegal:
		return explain(key, known, info), true
	default:
		return nil, false
	}
}

// explain names the end of the longest order that explains part of the history, and the first operations
// that fit nowhere behind it.
func explain(key string, known []Op, info porcupine.LinearizationInfo) *Violation {
	var longest []porcupine.Operation
	for _, partial := range info.PartialLinearizationsOperations()[0] {
		if len(partial) > len(longest) {
			longest = partial
		}
	}
	state := ""
	placed := map[Op]bool{}
	for _, operation := range longest {
		op := operation.Input.(Op)
		_, state = step(state, op)
		placed[op] = true
	}
	left := slices.DeleteFunc(slices.Clone(known), func(op Op) bool { return placed[op] })
	slices.SortFunc(left, func(a, b Op) int { return cmp.Compare(a.ReturnNs, b.ReturnNs) })
	var shown []Op
	for _, operation := range longest[max(0, len(longest)-2):] {
		shown = append(shown, operation.Input.(Op))
	}
	shown = append(shown, left[:min(len(left), 4)]...)
	return &Violation{
		Rule: "linearizable", Key: key, Operations: shown,
		Text: fmt.Sprintf("no order explains all answers: %d of %d operations can be ordered, the key then holds %q, and what follows does not fit",
			len(longest), len(known), state),
	}
}

// sameCluster wants one cluster ID in all answers.
func sameCluster(ops []Op) (found []Violation) {
	var first *Op
	for i, op := range ops {
		switch {
		case !op.OK:
		case first == nil:
			first = &ops[i]
		case op.Cluster != first.Cluster:
			found = append(found, Violation{
				Rule: "cluster", Key: op.Key, Operations: []Op{*first, op},
				Text: fmt.Sprintf("cluster ID %s became %s", first.Cluster, op.Cluster),
			})
		}
	}
	return found
}

// revisionsInOrder wants that no answer has a lower revision than one that came before its call, and that
// a write has a higher one, which no other write has.
func revisionsInOrder(ops []Op) (found []Violation) {
	known := slices.DeleteFunc(slices.Clone(ops), func(op Op) bool { return !op.OK })
	byReturn := slices.Clone(known)
	slices.SortStableFunc(known, func(a, b Op) int { return cmp.Compare(a.CallNs, b.CallNs) })
	slices.SortStableFunc(byReturn, func(a, b Op) int { return cmp.Compare(a.ReturnNs, b.ReturnNs) })
	var latest Op
	writers := map[int64]Op{}
	for _, op := range known {
		for len(byReturn) > 0 && byReturn[0].ReturnNs < op.CallNs {
			if byReturn[0].Revision > latest.Revision {
				latest = byReturn[0]
			}
			byReturn = byReturn[1:]
		}
		if op.Revision < latest.Revision || op.wrote() && op.Revision == latest.Revision {
			found = append(found, Violation{
				Rule: "revision", Key: op.Key, Operations: []Op{latest, op},
				Text: fmt.Sprintf("revision %d came after revision %d", op.Revision, latest.Revision),
			})
		}
		if !op.wrote() {
			continue
		}
		if other, taken := writers[op.Revision]; taken {
			found = append(found, Violation{
				Rule: "revision", Key: op.Key, Operations: []Op{other, op},
				Text: fmt.Sprintf("two writes have revision %d", op.Revision),
			})
		}
		writers[op.Revision] = op
	}
	return found
}

// revisionsOfValues wants that everybody who looks at a value finds it written at one revision, the one
// that its writer was told. A write that was applied twice has two.
func revisionsOfValues(ops []Op) (found []Violation) {
	first := map[string]Op{}
	revision := map[string]int64{}
	note := func(op Op, value string, at int64) {
		switch known, seen := revision[value]; {
		case value == "" || at == 0:
		case !seen:
			first[value], revision[value] = op, at
		case known != at:
			found = append(found, Violation{
				Rule: "modRevision", Key: op.Key, Operations: []Op{first[value], op},
				Text: fmt.Sprintf("value %q was written at revision %d and at revision %d", value, known, at),
			})
		}
	}
	for _, op := range ops {
		if op.wrote() {
			note(op, op.Value, op.Revision)
		} else if op.OK {
			note(op, op.Output, op.ModRevision)
		}
	}
	return found
}
